import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { anEvent, someEvents } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { everythingStored, forgetEverything } from "../support/tables.ts";
import { elementsOf, linkOf, signedIn, textsOf, wordsOf } from "./browser.ts";
import { MEMBER, OWNER, secretOf, stored, subscribed } from "./subscribing.ts";

const service = aService();
const owner = await signedIn(service, { groups: OWNER });
const member = await signedIn(service, { groups: MEMBER });
const ACTIONS = ["test", "secret", "rotate", "recover", "enable", "disable", "delete"];
const SLACK = { type: "slack", url: "https://hooks.slack.com/services/T/B/x" };

/** What the receiver answers. */
let answer: () => Response;

beforeEach(async () => {
  await forgetEverything();
  answer = () => new Response("thanks");
  vi.stubGlobal("fetch", async () => answer());
});

afterEach(() => void vi.unstubAllGlobals());

async function statesOfDeliveries(): Promise<string[]> {
  const rows = (await everythingStored())["deliveries"] as { state: string }[];
  return rows.map(({ state }) => state);
}

describe("every action", () => {
  it.each(["", ...ACTIONS.map((action) => `/${action}`)])(
    "refuses other sites' forms and who is no owner: %s",
    async (action) => {
      const { path } = await subscribed(service);
      const before = await everythingStored();
      const attacks = [
        { Origin: "https://evil.example" },
        { Origin: "null" },
        {},
        { "Sec-Fetch-Site": "cross-site" },
        { "Sec-Fetch-Site": "same-site" },
        { Origin: "https://tidings.example", "Sec-Fetch-Site": "cross-site" },
        { Origin: "http://tidings.example" },
      ];
      const form = { which: "all", from: "0", type: "webhook", url: "https://evil.example/" };
      for (const headers of attacks)
        expect((await owner.send(path + action, form, headers as Record<string, string>)).status).toBe(403);
      for (const headers of attacks)
        expect((await owner.send("/projects/shop/subscriptions", form, headers as Record<string, string>)).status).toBe(
          403,
        );
      const refused = await member.send(path + action, form);
      expect(refused.status).toBe(403);
      expect(await wordsOf(refused)).toContain("owner");
      expect(await everythingStored()).toEqual(before);
    },
  );

  it("leads to a place that takes the keyboard along, so that what came of it is read next", async () => {
    const page = await owner.open((await subscribed(service)).path);
    const forms = await elementsOf(page, "main form[action*='#']");
    const places = forms.map(({ attributes }) => attributes["action"]?.split("#")[1]).filter((id) => id !== "faults");
    expect(new Set(places)).toEqual(new Set(["test", "secret", "recover"]));
    for (const id of places) {
      expect((await elementsOf(page, `#${id}`))[0]?.attributes).toHaveProperty("tabindex", "-1");
    }
  });

  it.each(ACTIONS)("on what is not there is a page that says so, and its address leads back: %s", async (action) => {
    const { path } = await subscribed(service);
    for (const id of ["999999", "x", "0"]) {
      const response = await owner.send(`/projects/shop/subscriptions/${id}/${action}`, { which: "all", from: "0" });
      expect(response.status).toBe(404);
      expect(await wordsOf(response)).toContain("There is nothing here");
    }
    const again = await owner.open(`${path}/${action}`);
    expect([again.status, again.headers.get("Location")]).toEqual([303, path]);
  });
});

describe("no action", () => {
  it.each(["enabled", "reenable", "enablex", "xdisable", "disable-all", "deleted", "xtest"])(
    "is what only looks like one: %s",
    async (action) => {
      const { path } = await subscribed(service);
      const before = await everythingStored();
      expect((await owner.send(`${path}/${action}`, {})).status).toBe(404);
      expect((await owner.open(`${path}/${action}`)).status).toBe(404);
      expect(await everythingStored()).toEqual(before);
    },
  );
});

describe("a test", () => {
  it("tells what came of it", async () => {
    const { path } = await subscribed(service);
    const page = await owner.send(`${path}/test`, {});
    const words = await wordsOf(page);
    expect(words).toContain("It arrived, answered 200 after");
    expect(words).toContain("The answer’s text: thanks");
    expect((await elementsOf(page, "#test [role=status]")).length).toBe(1);
  });

  it.each([
    [404, "There is nothing at this URL that takes a POST."],
    [405, "There is nothing at this URL that takes a POST."],
    [401, "The receiver does not let us in."],
    [403, "The receiver does not let us in."],
    [302, "Redirects are never followed"],
    [500, "The receiver has failed"],
    [410, "An event would have disabled this subscription"],
    [429, "asked too often"],
    [418, "Its answer and its logs may say why"],
  ])("that is answered %i says what to do", async (status, advice) => {
    const { path } = await subscribed(service);
    answer = () => new Response("<script>alert(1)</script>", { status });
    const page = await owner.send(`${path}/test`, {});
    const words = await wordsOf(page);
    expect(words).toContain(`It did not arrive, answered ${status}`);
    expect(words).toContain(advice);
    expect(words).toContain("<script>alert(1)</script>");
    expect((await elementsOf(page, "script")).length).toBe(0);
  });

  it.each([
    ["enabled = 1", undefined],
    ["enabled = 0", "Events wait until it is enabled."],
    ["failing_since = 1, probe_id = 1", "To try at once, redeliver one of its deliveries"],
  ])("that arrives says what holds back all else: %s", async (state, words) => {
    const { id, path } = await subscribed(service);
    await env.DB.prepare(`UPDATE subscriptions SET ${state} WHERE id = ?`).bind(id).run();
    const said = await textsOf(await owner.send(`${path}/test`, {}), "#test .result p:not(.aside)");
    expect(said.slice(2)).toEqual(words === undefined ? [] : [expect.stringContaining(words)]);
  });

  it("shows the answer line by line", async () => {
    const { path } = await subscribed(service);
    answer = () => new Response("upstream connect error\r\nsee the logs", { status: 503 });
    const lines = await elementsOf(await owner.send(`${path}/test`, {}), ".answer span");
    expect(lines.map(({ text }) => text)).toEqual(["upstream connect error", "see the logs"]);
  });

  it("without an answer says so", async () => {
    const { path } = await subscribed(service);
    answer = () => {
      throw new TypeError("connection refused");
    };
    expect(await wordsOf(await owner.send(`${path}/test`, {}))).toContain("There was no answer.");
  });

  it("of a Slack URL that is busy says so beside the button", async () => {
    const { path } = await subscribed(service, SLACK);
    await env.DB.prepare("INSERT INTO slack_gates VALUES (?, ?)")
      .bind(SLACK.url, Date.now() + 20_000)
      .run();
    const page = await owner.send(`${path}/test`, {});
    expect(page.status).toBe(503);
    expect(Number(page.headers.get("Retry-After"))).toBeGreaterThan(15);
    expect((await elementsOf(page, "#test [role=alert] bdi"))[0]?.text).toContain("takes one message a second");
  });
});

describe("the signing secret", () => {
  it("is shown when it is asked for, and never kept", async () => {
    const { id, path } = await subscribed(service);
    const page = await owner.send(`${path}/secret`, {});
    expect(page.headers.get("Cache-Control")).toContain("no-store");
    expect((await elementsOf(page, "#secret pre"))[0]?.text).toBe(await secretOf(id));
    expect(await wordsOf(page)).toContain("new Webhook(secret).verify(body, headers)");
  });

  it("is rotated, and shown once; the old one signs beside it", async () => {
    const { id, path } = await subscribed(service);
    const old = await secretOf(id);
    const page = await owner.send(`${path}/rotate`, {});
    const fresh = await secretOf(id);
    expect(fresh).not.toBe(old);
    expect((await elementsOf(page, "#secret pre"))[0]?.text).toBe(fresh);
    expect(await wordsOf(page)).toContain("The old one signs beside it for 24 hours");
    const later = await owner.open(path);
    expect(await wordsOf(later)).toContain("The one before still signs beside it. It stops in 23 hours");
    for (const secret of [old, fresh]) expect(await later.clone().text()).not.toContain(secret);
    await env.DB.prepare("UPDATE subscriptions SET retired_secrets = json_set(retired_secrets, '$[0].expires_at', ?)")
      .bind(Date.now() - 1)
      .run();
    expect(await wordsOf(await owner.open(path))).not.toContain("The one before");
  });

  it("that was rotated too often is left, and that is said beside it", async () => {
    const { id, path } = await subscribed(service);
    for (let time = 0; time < 10; time++) await owner.send(`${path}/rotate`, {});
    const secret = await secretOf(id);
    const page = await owner.send(`${path}/rotate`, {});
    expect(page.status).toBe(409);
    expect((await elementsOf(page, "#secret [role=alert] bdi"))[0]?.text).toContain(
      "It was rotated 10 times in 24 hours",
    );
    expect((await elementsOf(page, "title"))[0]?.text).toMatch(/^Error: /);
    expect(await page.clone().text()).not.toContain(secret);
  });

  it("is no matter of Slack", async () => {
    const { id, path } = await subscribed(service, SLACK);
    expect((await elementsOf(await owner.open(path), "#secret")).length).toBe(0);
    for (const action of ["secret", "rotate"]) {
      const page = await owner.send(`${path}/${action}`, {});
      expect(page.status).toBe(409);
      expect(await page.clone().text()).not.toContain(await secretOf(id));
    }
  });
});

describe("disabling and enabling", () => {
  it("holds what happens meanwhile, and lets it go", async () => {
    const { path } = await subscribed(service);
    const off = await owner.send(`${path}/disable`, { from: "project" });
    expect(off.headers.get("Location")).toBe("/projects/shop?notice=disabled#notice");
    expect((await stored(service))[0]).toMatchObject({ enabled: false, disabled_reason: "disabled by an owner" });
    await service.record(anEvent({ state_project: "shop" }));
    expect(await statesOfDeliveries()).toEqual(["held"]);
    expect((await elementsOf(await owner.open(path), ".standing button"))[0]?.text).toBe("Enable");
    const on = await owner.send(`${path}/enable`, {});
    expect(on.headers.get("Location")).toBe(`${path}?notice=enabled#notice`);
    expect((await stored(service))[0]?.status).toBe("active");
    expect(await statesOfDeliveries()).toEqual(["pending"]);
  });

  it("leaves other subscriptions' breakers open", async () => {
    const both = await service.subscribe("shop", [
      { type: "webhook", url: "https://a.example.com" },
      { type: "webhook", url: "https://b.example.com" },
    ]);
    const [one, other] = await both.json<{ id: string }[]>();
    await service.record(anEvent({ state_project: "shop" }));
    const probe = await env.DB.prepare(
      "UPDATE deliveries SET next_attempt_at = 9e15, sweep_at = 9e15 WHERE subscription_id = ? RETURNING *",
    )
      .bind(other?.id)
      .first();
    await env.DB.prepare(
      "UPDATE subscriptions SET probe_id = ?, consecutive_failures = 12, failing_since = 1 WHERE id = ?",
    )
      .bind(probe?.["id"], other?.id)
      .run();
    await owner.send(`/projects/shop/subscriptions/${one?.id}/disable`, {});
    expect((await everythingStored())["deliveries"]).toContainEqual(probe);
    const row = await env.DB.prepare("SELECT probe_id, releasing FROM subscriptions WHERE id = ?")
      .bind(other?.id)
      .first();
    expect(row).toEqual({ probe_id: probe?.["id"], releasing: null });
  });

  it("of a destination that is not allowed any more is said where it was asked for", async () => {
    const { path } = await subscribed(service, { url: "http://localhost:9999/", enabled: false });
    const strict = aService({ ALLOW_LOCAL_DESTINATIONS: "false" });
    const page = await (await signedIn(strict, { groups: OWNER })).send(`${path}/enable`, {});
    expect(page.status).toBe(422);
    expect((await elementsOf(page, ".standing [role=alert] bdi"))[0]?.text).toContain("URL must start with https://");
  });

  it("puts to rest what has a destination that is not allowed any more", async () => {
    const { path } = await subscribed(service, { url: "http://localhost:9999/" });
    const strict = aService({ ALLOW_LOCAL_DESTINATIONS: "false" });
    const off = await (await signedIn(strict, { groups: OWNER })).send(`${path}/disable`, {});
    expect(off.headers.get("Location")).toBe(`${path}?notice=disabled#notice`);
    expect((await stored(service))[0]).toMatchObject({ enabled: false });
  });
});

describe("deleting", () => {
  it("says first what becomes of what is waiting, and then does it", async () => {
    const { path } = await subscribed(service);
    await service.record(anEvent({ state_project: "shop" }));
    const words = await wordsOf(await owner.open(path));
    expect(words).toContain("What is pending or held for it is cancelled");
    const response = await owner.send(`${path}/delete`, {});
    expect(response.headers.get("Location")).toBe("/projects/shop?notice=deleted#notice");
    expect(await stored(service)).toEqual([]);
    expect(await statesOfDeliveries()).toEqual(["cancelled"]);
    expect((await owner.send(`${path}/delete`, {})).status).toBe(404);
  });

  it("leaves the others", async () => {
    const { path } = await subscribed(service);
    const added = await owner.send("/projects/shop/subscriptions", {
      type: "webhook",
      url: "https://b.example.com/",
      enabled: "on",
    });
    expect(added.status).toBe(303);
    await owner.send(`${path}/delete`, {});
    expect((await stored(service)).map(({ url }) => url)).toEqual(["https://b.example.com/"]);
  });
});

describe("a recovery", () => {
  it("is begun with a form, and its state shown", async () => {
    await service.record(someEvents(3, () => ({ state_project: "shop" })));
    const { path } = await subscribed(service);
    const response = await owner.send(`${path}/recover`, { which: "all", from: "0" });
    expect(response.status).toBe(303);
    const address = response.headers.get("Location") ?? "";
    expect(address).toMatch(new RegExp(`^${path}\\?recovery=\\d+#recover$`));
    expect(await wordsOf(await owner.open(address))).toContain("Finished: 3 events put on their way");
  });

  it("that is running can be looked at again, and no other begun beside it", async () => {
    const { id, path } = await subscribed(service);
    const address = (await owner.send(`${path}/recover`, { which: "failed", from: "0" })).headers.get("Location") ?? "";
    await env.DB.prepare("UPDATE recoveries SET finished_at = NULL WHERE subscription_id = ?").bind(id).run();
    const page = await owner.open(address);
    expect(await wordsOf(page)).toContain("Running: 0 events so far");
    expect(await linkOf(page, "Look again")).toBe(address);
    const second = await owner.send(`${path}/recover`, { which: "all", from: "7" });
    expect(second.status).toBe(409);
    expect((await elementsOf(second, "#recover [role=alert] bdi"))[0]?.text).toContain("is running");
    const fields = await elementsOf(second, "#recover input[checked], #from");
    expect(fields.map(({ attributes }) => attributes["value"])).toEqual(["all", "7"]);
  });

  it.each([
    [{ which: "all", from: "-1" }, "From event ID must be a decimal"],
    [{ which: "some", from: "0" }, "Which must be one of failed, all"],
    [{ which: "all", from: "" }, "From event ID must be a decimal"],
  ])("of %j is refused beside its form", async (form, said) => {
    const { path } = await subscribed(service);
    const page = await owner.send(`${path}/recover`, form);
    expect(page.status).toBe(422);
    expect((await elementsOf(page, "#recover [role=alert] bdi"))[0]?.text).toContain(said);
    const [from] = await elementsOf(page, "#from");
    expect(from?.attributes["value"]).toBe(form.from);
    expect(from?.attributes["aria-invalid"]).toBe(said.startsWith("From") ? "true" : undefined);
  });

  it("that is not this subscription's is not shown", async () => {
    const { path } = await subscribed(service);
    for (const recovery of ["999", "x", ""]) {
      const page = await owner.open(`${path}?recovery=${recovery}`);
      expect(page.status).toBe(200);
      expect((await elementsOf(page, "#recover [role=status]")).length).toBe(0);
    }
  });
});
