import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { aSubscription } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { everythingStored, forgetEverything } from "../support/tables.ts";
import { elementsOf, linkOf, signedIn, wordsOf } from "./browser.ts";
import { formOf, MEMBER, OWNER, stored, subscribed, typed } from "./subscribing.ts";

const service = aService({ ALLOW_LOCAL_DESTINATIONS: "false" });
const owner = await signedIn(service, { groups: OWNER });
const member = await signedIn(service, { groups: MEMBER });
const NEW = "/projects/shop/subscriptions/new";
const ADD = "/projects/shop/subscriptions";
const URL_FIELD = "https://receiver.example.com/in";

beforeEach(forgetEverything);

/** The form for a new subscription as the page shows it, with these fields changed. */
async function filled(fields: Record<string, string | string[]>) {
  return typed(await formOf(await owner.open(NEW)), fields);
}

async function valueOf(page: Response, id: string): Promise<string | undefined> {
  return (await elementsOf(page, `#${id}`))[0]?.attributes["value"];
}

/** Returns what a text field sends for a value. WHATWG HTML, "Text state" and "Preprocessing the input stream". */
function asFieldSends(value: string): string {
  return value.replaceAll("\0", "\uFFFD").replace(/[\r\n]/g, "");
}

/** A database that writes, and then loses the response. */
function losingAnswers(): D1Database {
  const session = env.DB.withSession("first-primary");
  const batch = async (statements: D1PreparedStatement[]) => {
    const results = await session.batch(statements);
    if (results.some(({ meta }) => meta.changes > 0)) throw new Error("Network connection lost.");
    return results;
  };
  const losing = { prepare: session.prepare.bind(session), batch, getBookmark: () => null };
  return { withSession: () => losing } as unknown as D1Database;
}

describe("adding a subscription", () => {
  it("takes the form as shown, with a URL: every type, all groups of the owner, enabled", async () => {
    const response = await owner.send(ADD, await filled({ url: ` ${URL_FIELD} ` }));
    expect(response.status).toBe(303);
    const [made, ...others] = await stored(service);
    expect(made).toMatchObject({ type: "webhook", url: URL_FIELD, allowed_groups: OWNER, enabled: true });
    expect(made).not.toHaveProperty("event_types");
    expect(others).toEqual([]);
    const page = `/projects/shop/subscriptions/${made?.id}`;
    expect(response.headers.get("Location")).toBe(`${page}?notice=added#notice`);
    const [notice] = await elementsOf(await owner.open(`${page}?notice=added`), "#notice");
    expect(notice).toMatchObject({
      text: "Subscription added. Send a test to check that it works.",
      attributes: { role: "status", tabindex: "-1" },
    });
  });

  it("takes all fields of the form", async () => {
    const form = await filled({
      type: "slack",
      url: "https://hooks.slack.com/services/T/B/x",
      slack_username: "Deploys",
      slack_icon: ":ship:",
      event_types: ["ADD_BUILD", "TEAM_DELETED"],
      allowed_groups: [],
      enabled: [],
    });
    expect((await owner.send(ADD, form)).status).toBe(303);
    expect((await stored(service))[0]).toMatchObject({
      type: "slack",
      slack_username: "Deploys",
      slack_icon: ":ship:",
      event_types: ["ADD_BUILD", "TEAM_DELETED"],
      allowed_groups: [],
      enabled: false,
      disabled_reason: "disabled by an owner",
    });
  });

  it("leaves the others as they are, with their breakers", async () => {
    const { id } = await subscribed(service);
    const before = (await everythingStored())["subscriptions"]?.[0];
    await owner.send(ADD, await filled({ url: URL_FIELD }));
    expect((await everythingStored())["subscriptions"]?.[0]).toEqual(before);
    expect((await stored(service)).map((one) => one.id)).toEqual([id, expect.any(String)]);
  });

  it("adds each of several at once, and redirects each to its own page", async () => {
    const forms = await Promise.all([1, 2, 3, 4].map((index) => filled({ url: `${URL_FIELD}/${index}` })));
    const responses = await Promise.all(forms.map((form) => owner.send(ADD, form)));
    const set = await stored(service);
    expect(set.map(({ url }) => url).toSorted()).toEqual([1, 2, 3, 4].map((index) => `${URL_FIELD}/${index}`));
    const pages = responses.map(({ headers }) => headers.get("Location"));
    expect(pages).toEqual(
      forms.map((form) => {
        const url = form.find(([name]) => name === "url")?.[1];
        return `/projects/shop/subscriptions/${set.find((one) => one.url === url)?.id}?notice=added#notice`;
      }),
    );
  });

  it("adds one if a form is sent twice, at once or later, and redirects both to it", async () => {
    const form = await filled({
      type: "slack",
      url: "https://hooks.slack.com/services/T/B/x",
      event_types: ["ADD_BUILD"],
    });
    const atOnce = await Promise.all([owner.send(ADD, form), owner.send(ADD, form)]);
    const later = await owner.send(ADD, form);
    const [made, ...others] = await stored(service);
    expect(others).toEqual([]);
    const page = `/projects/shop/subscriptions/${made?.id}?notice=added#notice`;
    expect([...atOnce, later].map(({ headers }) => headers.get("Location"))).toEqual([page, page, page]);
    await owner.send(ADD, typed(form, { event_types: ["TEAM_DELETED"] }));
    expect((await stored(service)).length).toBe(2);
  });

  it.each([
    ["url", {}, "URL must be a URL"],
    ["url", { url: "http://plain.example.com" }, "URL must start with https://"],
    ["url", { url: "https://localhost/" }, "URL must"],
    ["url", { url: "javascript:alert(1)" }, "URL must start with https://"],
    ["url", { url: "https://u:p@x.example.com" }, "URL must not contain a user name or password"],
    ["url", { type: "slack", url: "https://evil.example.com" }, "URL must be on hooks.slack.com"],
    [
      "slack_icon",
      { type: "slack", url: "https://hooks.slack.com/s", slack_icon: "ship" },
      "Icon in Slack must be an :emoji:",
    ],
    ["slack_username", { url: URL_FIELD, slack_username: "x" }, "Name in Slack is for Slack subscriptions only"],
    ["event_types", { url: URL_FIELD, event_types: ["NOPE"] }, "Event types "],
    ["type", { url: URL_FIELD, type: "fax" }, "Type must be webhook or slack"],
    [
      "allowed_groups",
      { url: URL_FIELD, allowed_groups: ["team-web", "others"] },
      "Groups: You can add only groups that you are in. You are not in others.",
    ],
  ])("shows beside %s what is wrong with %j, and keeps the input", async (field, fields, said) => {
    const response = await owner.send(ADD, await filled(fields));
    expect(response.status).toBe(field === "allowed_groups" ? 403 : 422);
    expect((await elementsOf(response, "title"))[0]?.text).toBe("Error: Add a subscription · Tidings");
    const [summary] = await elementsOf(response, "#faults a");
    expect(summary?.attributes["href"]).toBe(`#${field}`);
    expect(await wordsOf(response)).toContain(said);
    const [wrong] = await elementsOf(response, `#${field}`);
    expect(wrong?.attributes["aria-invalid"]).toBe("true");
    expect(wrong?.attributes["aria-describedby"]?.split(" ")).toContain(`${field}-fault`);
    expect((await elementsOf(response, `#${field}-fault bdi`)).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^[A-Z].*[^.]\.$/),
    ]);
    const kept = new Map(typed(await formOf(response), {}));
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === "string" && value !== "fax") expect(kept.get(name)).toBe(value);
    }
    expect(await stored(service)).toEqual([]);
  });

  it("refuses a fifty-first, also if the fiftieth was added after the form was opened", async () => {
    const form = await filled({ url: URL_FIELD });
    await service.subscribe(
      "shop",
      Array.from({ length: 50 }, () => aSubscription()),
    );
    const response = await owner.send(ADD, form);
    expect(response.status).toBe(409);
    expect(await wordsOf(response)).toContain("A project can have at most 50 subscriptions. Delete one");
    expect(await valueOf(response, "url")).toBe(URL_FIELD);
    const page = await owner.open("/projects/shop");
    expect(await linkOf(page, "Add a subscription")).toBeUndefined();
    expect(await wordsOf(page)).toContain("Delete one to add another.");
  });

  it("says that the change may have been saved if the database lost its response, and keeps the input", async () => {
    const visitor = await signedIn(aService({ DB: losingAnswers() }), { groups: OWNER });
    const page = await visitor.send(ADD, await filled({ url: URL_FIELD }));
    expect((await stored(service)).length).toBe(1);
    expect([page.status, page.headers.get("Retry-After")]).toEqual([503, "5"]);
    const words = await wordsOf(page);
    expect(words).toContain("Possibly not saved The database did not confirm the change. It may have been saved");
    expect(words).not.toContain("Retry-After");
    expect(await valueOf(page, "url")).toBe(URL_FIELD);
  });

  it("is for owners", async () => {
    expect((await member.open(NEW)).status).toBe(403);
    expect((await member.send(ADD, await filled({ url: URL_FIELD }))).status).toBe(403);
    expect(await stored(service)).toEqual([]);
  });

  it("offers groups whatever their names, and stores them unchanged", async () => {
    const groups = ["project:shop:global:owner", "a\nb", "\0", "%41", "a,b", " x ", "\u202Eabc", `"<b>`, "é"];
    const browser = await signedIn(service, { groups });
    const form = typed(await formOf(await browser.open(NEW)), { url: URL_FIELD });
    expect((await browser.send(ADD, form)).status).toBe(303);
    expect((await stored(service))[0]?.allowed_groups).toEqual(groups);
  });
});

describe("changing a subscription", () => {
  it("changes nothing if the form is sent as shown, even texts that a field cannot show unchanged", async () => {
    const url = "https://hooks.slack.com/services/T/B/x";
    for (const slack_username of [" Deploys ", "Release\nbot", "a\0b\r\n", "\u200BDeploys"]) {
      await forgetEverything();
      const { path } = await subscribed(service, { type: "slack", url, slack_username });
      const [before] = await stored(service);
      expect(before).toMatchObject({ slack_username });
      const page = await owner.open(path);
      const form = (await formOf(page)).map(([name, value]): [string, string] => [name, asFieldSends(value)]);
      expect((await owner.send(path, form)).status).toBe(303);
      expect(await stored(service)).toEqual([before]);
      expect(
        (await owner.send(path, typed(await formOf(await owner.open(path)), { slack_username: "bot" }))).status,
      ).toBe(303);
      expect(await stored(service)).toMatchObject([{ slack_username: "bot" }]);
    }
  });

  it("shows the invisible characters of a field beside it", async () => {
    const url = "https://hooks.slack.com/services/T/B/x";
    const { path } = await subscribed(service, { type: "slack", url, slack_username: "Deploys\u200B" });
    const page = await owner.open(path);
    expect((await elementsOf(page, "#slack_username-invisible bdi"))[0]?.text).toBe("DeploysU+200B");
    const [field] = await elementsOf(page, "#slack_username");
    expect(field?.attributes["aria-describedby"]).toBe("slack_username-hint slack_username-invisible");
    expect(await elementsOf(page, "#url-invisible")).toEqual([]);
  });

  it("saves the changed fields, and nothing else", async () => {
    const { path } = await subscribed(service, { event_types: ["ADD_BUILD"], allowed_groups: ["team-web"] });
    const [before] = await stored(service);
    const form = typed(await formOf(await owner.open(path)), { url: URL_FIELD });
    const response = await owner.send(path, form);
    expect([response.status, response.headers.get("Location")]).toEqual([303, `${path}?notice=saved#notice`]);
    expect(await stored(service)).toEqual([{ ...before, url: URL_FIELD }]);
  });

  it("keeps the stored groups, even those that the owner is not in", async () => {
    const { path } = await subscribed(service, { allowed_groups: ["team-web"] });
    const other = await signedIn(service, { groups: ["project:shop:global:owner", "team-api"] });
    const page = await other.open(path);
    const offered = (await elementsOf(page, "input[name=allowed_groups]")).map(({ attributes }) => attributes["value"]);
    expect(offered).toEqual(["team-web", "project%3Ashop%3Aglobal%3Aowner", "team-api"]);
    const form = typed(await formOf(page), { allowed_groups: ["team-web", "team-api"] });
    expect((await other.send(path, form)).status).toBe(303);
    expect((await stored(service))[0]?.allowed_groups).toEqual(["team-web", "team-api"]);
  });

  it("loses no change that another owner makes to another subscription at the same time", async () => {
    await service.subscribe(
      "shop",
      [1, 2, 3, 4].map((index) => aSubscription({ url: `${URL_FIELD}/${index}` })),
    );
    const paths = (await stored(service)).map(({ id }) => `${ADD}/${id}`);
    const forms = await Promise.all(
      paths.map(async (path, index) =>
        typed(await formOf(await owner.open(path)), { url: `${URL_FIELD}/new/${index}` }),
      ),
    );
    const answers = await Promise.all(paths.map((path, index) => owner.send(path, forms[index] ?? [])));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
    expect((await stored(service)).map(({ url }) => url)).toEqual(
      [0, 1, 2, 3].map((index) => `${URL_FIELD}/new/${index}`),
    );
  });

  it("that another owner changed meanwhile says so, keeps the input, and saves it when it is sent again", async () => {
    const { path } = await subscribed(service);
    const form = await formOf(await owner.open(path));
    await owner.send(path, typed(form, { url: `${URL_FIELD}/first`, event_types: ["ADD_BUILD"] }));
    const late = await owner.send(path, typed(form, { url: `${URL_FIELD}/late` }));
    expect(late.status).toBe(412);
    expect(await wordsOf(late)).toContain("The stored settings differ from this form in: URL, Event types.");
    expect(await valueOf(late, "url")).toBe(`${URL_FIELD}/late`);
    expect((await stored(service))[0]?.url).toBe(`${URL_FIELD}/first`);
    expect((await owner.send(path, await formOf(late))).status).toBe(303);
    expect((await stored(service))[0]).toMatchObject({ url: `${URL_FIELD}/late` });
  });

  it("that another owner changed to the same says so", async () => {
    const { path } = await subscribed(service, { event_types: ["TEAM_DELETED", "ADD_BUILD"] });
    const form = typed(await formOf(await owner.open(path)), { url: `${URL_FIELD}/same` });
    await owner.send(path, form);
    expect(await wordsOf(await owner.send(path, form))).toContain("The stored settings are the same as in this form.");
  });

  it("does not count as changed after a rotation of the secret", async () => {
    const { path } = await subscribed(service);
    const form = await formOf(await owner.open(path));
    await owner.send(`${path}/rotate`, {});
    expect((await owner.send(path, form)).status).toBe(303);
  });

  it("does not enable unnoticed a subscription that was disabled meanwhile", async () => {
    const { path } = await subscribed(service);
    const form = await formOf(await owner.open(path));
    await owner.send(`${path}/disable`, {});
    const late = await owner.send(path, form);
    expect(late.status).toBe(412);
    expect(await wordsOf(late)).toContain("differ from this form in: Enabled.");
    expect((await stored(service))[0]?.enabled).toBe(false);
  });

  it("with faults keeps the tag: the corrected form overwrites no other change unnoticed", async () => {
    const { path } = await subscribed(service);
    const form = await formOf(await owner.open(path));
    await owner.send(path, typed(form, { url: `${URL_FIELD}/first` }));
    const wrong = await owner.send(path, typed(form, { url: `${URL_FIELD}/second`, event_types: ["NOPE"] }));
    expect(wrong.status).toBe(422);
    expect((await elementsOf(wrong, "title"))[0]?.text).toMatch(/^Error: Webhook \d+ · shop/);
    expect(await valueOf(wrong, "url")).toBe(`${URL_FIELD}/second`);
    expect((await owner.send(path, await formOf(wrong))).status).toBe(412);
  });

  it("cannot change its type", async () => {
    const { path } = await subscribed(service);
    const form = typed(await formOf(await owner.open(path)), {
      type: "slack",
      url: "https://hooks.slack.com/services/x",
    });
    const response = await owner.send(path, form);
    expect(response.status).toBe(422);
    expect(await wordsOf(response)).toContain("Type cannot be changed from webhook");
  });

  it("that was deleted meanwhile gets a 404 page", async () => {
    const { path } = await subscribed(service);
    const form = await formOf(await owner.open(path));
    await service.subscribe("shop", []);
    for (const response of [await owner.send(path, form), await owner.open(path)]) {
      expect(response.status).toBe(404);
      expect(await wordsOf(response)).toContain("Page not found");
    }
  });

  it("is for its project's owners", async () => {
    const { path, id } = await subscribed(service);
    const form = typed(await formOf(await owner.open(path)), { url: URL_FIELD });
    expect([(await member.open(path)).status, (await member.send(path, form)).status]).toEqual([403, 403]);
    const other = await signedIn(service, { groups: ["project:other:global:owner"] });
    expect((await other.open(`/projects/other/subscriptions/${id}`)).status).toBe(404);
    expect((await other.send(`/projects/other/subscriptions/${id}`, form)).status).toBe(404);
    expect((await stored(service))[0]?.url).not.toBe(URL_FIELD);
  });
});
