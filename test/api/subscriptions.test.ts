import { beforeEach, describe, expect, it } from "vitest";
import type { Subscription } from "../../src/schemas/subscription.ts";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";

const service = aService({ AUDITOR_GROUPS: "audit" });
const strict = aService({ ALLOW_LOCAL_DESTINATIONS: "false" });
const URL_ = "https://hooks.example.com/secret-path?token=1";
const owner = ["devs", "project:shop:global:owner"];

/** Sends a string as it is, any other body as JSON. */
async function put(
  body: unknown,
  { groups = owner, headers = {}, project = "shop", on = service } = {},
): Promise<Response> {
  return on.request(`/api/v1/events/subscriptions/project/${project}/`, {
    method: "PUT",
    headers: { ...(await as(groups)), "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

async function get(path = "shop/", groups = owner): Promise<Response> {
  return service.request(`/api/v1/events/subscriptions/project/${path}`, { headers: await as(groups) });
}

async function as(groups: string[]) {
  return { Authorization: `Bearer ${await tokenOf({ name: "ann", groups })}` };
}

async function stored(response: Response): Promise<Subscription[]> {
  expect(response.status).toBe(200);
  return response.json();
}

beforeEach(forgetEverything);

describe("PUT", () => {
  it("returns the stored set, in order of creation, with the defaults filled in", async () => {
    const slack = {
      type: "slack",
      url: "https://hooks.slack.com/services/T/B/x",
      slack_username: "Tidings",
      slack_icon: ":wave:",
    };
    const set = await stored(
      await put([
        { type: "webhook", url: URL_ },
        { ...slack, event_types: ["ADD_BUILD"], allowed_groups: [] },
      ]),
    );
    const made = {
      id: expect.stringMatching(/^[1-9]\d*$/),
      enabled: true,
      status: "active",
      created_at: expect.any(String),
    };
    expect(set).toEqual([
      { ...made, type: "webhook", url: URL_, allowed_groups: owner },
      { ...made, ...slack, event_types: ["ADD_BUILD"], allowed_groups: [] },
    ]);
    expect(await stored(await get())).toEqual(set);
  });

  it("takes what GET returned, and changes nothing", async () => {
    const [first] = await stored(await put([{ type: "webhook", url: URL_ }]));
    const secret = await (await get(`shop/${first?.id}/secret`)).json();
    const again = await stored(await put(await stored(await get())));
    expect(again).toEqual([first]);
    expect(await (await get(`shop/${first?.id}/secret`)).json()).toEqual(secret);
  });

  it("updates the subscriptions it names, deletes the others, adds those without an ID, and clears with []", async () => {
    const [first, second] = await stored(
      await put([
        { type: "webhook", url: URL_ },
        { type: "webhook", url: URL_ },
      ]),
    );
    const set = await stored(
      await put([
        { type: "webhook", url: "https://added.example.com/", id: "" },
        { ...second, url: "https://new.example.com/" },
      ]),
    );
    expect(set.map(({ id, url }) => [id, url])).toEqual([
      [second?.id, "https://new.example.com/"],
      [expect.not.stringMatching(new RegExp(`^(${first?.id}|${second?.id})$`)), "https://added.example.com/"],
    ]);
    expect(await stored(await put([]))).toEqual([]);
    expect(await stored(await get())).toEqual([]);
  });

  it("disables and enables, and returns the time and the reason", async () => {
    const [row] = await stored(await put([{ type: "webhook", url: URL_ }]));
    const [disabled] = await stored(await put([{ ...row, enabled: false }]));
    expect(disabled).toMatchObject({
      status: "disabled",
      disabled_reason: expect.any(String),
      disabled_at: expect.any(String),
    });
    expect(await stored(await put([{ ...disabled, enabled: true }]))).toEqual([row]);
  });

  it("keeps the stored groups, and adds only groups that the owner is in", async () => {
    const [row] = await stored(await put([{ type: "webhook", url: URL_, allowed_groups: ["devs"] }]));
    const other = ["ops", "project:shop:global:owner"];
    expect(await stored(await put([{ ...row, allowed_groups: ["devs", "ops"] }], { groups: other }))).toMatchObject([
      { allowed_groups: ["devs", "ops"] },
    ]);
    const { allowed_groups: _, ...without } = row ?? {};
    expect(await stored(await put([without], { groups: other }))).toMatchObject([{ allowed_groups: ["devs", "ops"] }]);
    const added = { type: "webhook", url: "https://added.example.com/", allowed_groups: ["devs"] };
    const refused = await put([row, added], { groups: other });
    expect(await problemOf(refused)).toMatchObject({ status: 403, detail: expect.stringContaining("devs") });
  });

  it("replaces only a version that If-Match names", async () => {
    const empty = (await get()).headers.get("ETag") ?? "";
    const first = await put([{ type: "webhook", url: URL_ }], { headers: { "If-Match": empty } });
    expect(first.status).toBe(200);
    expect((await problemOf(await put([], { headers: { "If-Match": empty } }))).status).toBe(412);
    expect((await problemOf(await put([], { headers: { "If-Match": `"junk"` } }))).status).toBe(412);
    const current = first.headers.get("ETag") ?? "";
    expect((await put([], { headers: { "If-Match": `"other", W/${current}` } })).status).toBe(200);
    expect((await put([], { headers: { "If-Match": "*" } })).status).toBe(200);
  });

  it("stores one writer's whole set when many write at once, and lets one of them succeed with If-Match", async () => {
    const urls = Array.from({ length: 20 }, (_, index) => `https://writer-${index}.example.com/`);
    const sets = urls.map((url) => [
      { type: "webhook", url },
      { type: "webhook", url },
    ]);
    const responses = await Promise.all(sets.map((set) => put(set)));
    expect(responses.map(({ status }) => status)).toEqual(urls.map(() => 200));
    const left = await stored(await get());
    expect(left).toHaveLength(2);
    expect(left[0]?.url).toBe(left[1]?.url);

    const tag = (await get()).headers.get("ETag") ?? "";
    const races = await Promise.all(sets.map((set) => put(set, { headers: { "If-Match": tag } })));
    expect(races.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(races.filter(({ status }) => status === 412)).toHaveLength(urls.length - 1);
  });

  it.each([
    ["an unknown type", [{ type: "email", url: URL_ }], "0.type"],
    ["no URL", [{ type: "webhook" }], "0.url"],
    ["a URL that is none", [{ type: "webhook", url: "hooks" }], "0.url"],
    ["an unpaired surrogate in a URL", [{ type: "webhook", url: "https://example.com/\ud800" }], "0.url"],
    ["an unknown ID", [{ type: "webhook", url: URL_, id: "99" }], "0.id"],
    ["an ID that is none", [{ type: "webhook", url: URL_, id: "x" }], "0.id"],
    [
      "one ID twice",
      [
        { type: "webhook", url: URL_, id: "1" },
        { type: "webhook", url: URL_, id: "1" },
      ],
      "1.id",
    ],
    ["a Slack name on a webhook", [{ type: "webhook", url: URL_, slack_username: "x" }], "0.slack_username"],
    ["a Slack icon on a webhook", [{ type: "webhook", url: URL_, slack_icon: ":x:" }], "0.slack_icon"],
    ["an icon that is none", [{ type: "slack", url: "https://hooks.slack.com/x", slack_icon: "x" }], "0.slack_icon"],
    ["no event types", [{ type: "webhook", url: URL_, event_types: [] }], "0.event_types"],
    ["unknown event types", [{ type: "webhook", url: URL_, event_types: ["X"] }], "0.event_types.0"],
    ["groups that are null", [{ type: "webhook", url: URL_, allowed_groups: null }], "0.allowed_groups"],
    ["an empty group", [{ type: "webhook", url: URL_, allowed_groups: [""] }], "0.allowed_groups.0"],
    ["enabled that is no boolean", [{ type: "webhook", url: URL_, enabled: "yes" }], "0.enabled"],
    ["an unknown field", [{ type: "webhook", url: URL_, secret: "x" }], "0.secret"],
    ["51 subscriptions", Array.from({ length: 51 }, () => ({ type: "webhook", url: URL_ })), ""],
    ["no array", { type: "webhook", url: URL_ }, ""],
  ])("refuses %s and stores nothing", async (_, body, path) => {
    const { errors } = await problemOf(await put(body));
    expect(errors?.map((fault) => fault.path)).toEqual([path]);
    expect(await stored(await get())).toEqual([]);
  });

  it.each([
    ["one destination behind another", `[{"type":"webhook","url":"${URL_}","url":"https://evil.example"}]`, "0.url"],
    [
      "two lists of groups",
      `[{"type":"webhook","url":"${URL_}","allowed_groups":[],"allowed_groups":[]}]`,
      "0.allowed_groups",
    ],
    ["a field that is ignored, twice", `[{"type":"webhook","url":"${URL_}","status":{"a":1,"a":1}}]`, "0.status.a"],
  ])("refuses %s, and names the key", async (_, body, path) => {
    const response = await put(body);
    expect(await problemOf(response)).toMatchObject({ status: 400, errors: [{ path }] });
    expect(await stored(await get())).toEqual([]);
  });

  it("refuses a compressed body, or one without a JSON media type, with 415", async () => {
    for (const headers of [{ "Content-Encoding": "br" }, { "Content-Type": "text/plain" }]) {
      expect((await problemOf(await put([], { headers }))).status).toBe(415);
    }
  });

  it('takes "*" in quotes as a tag like any other', async () => {
    await put([{ type: "webhook", url: URL_ }]);
    expect((await put([], { headers: { "If-Match": '"*"' } })).status).toBe(412);
    expect((await put([], { headers: { "If-Match": "*" } })).status).toBe(200);
  });

  it("takes 50 subscriptions", async () => {
    const set = Array.from({ length: 50 }, () => ({ type: "webhook", url: URL_ }));
    expect(await stored(await put(set))).toHaveLength(50);
  });

  it("refuses to change a subscription's type", async () => {
    const [row] = await stored(await put([{ type: "webhook", url: "https://hooks.slack.com/x" }]));
    expect(await problemOf(await put([{ ...row, type: "slack" }]))).toMatchObject({ errors: [{ path: "0.type" }] });
  });

  it("refuses the ID of another project's subscription as unknown", async () => {
    const [row] = await stored(await put([{ type: "webhook", url: URL_ }]));
    const groups = [...owner, "project:other:global:owner"];
    expect(await problemOf(await put([row], { groups, project: "other" }))).toMatchObject({
      errors: [{ path: "0.id" }],
    });
  });

  it("refuses local destinations, unless they are allowed", async () => {
    const local = [{ type: "webhook", url: "http://localhost:9999/" }];
    expect(await problemOf(await put(local, { on: strict }))).toMatchObject({ errors: [{ path: "0.url" }] });
    expect((await put(local)).status).toBe(200);
  });

  it("never repeats a URL in its error", async () => {
    const response = await put([{ type: "webhook", url: "http://user:hunter2@10.0.0.1/s3cret" }], { on: strict });
    expect(await response.text()).not.toMatch(/hunter2|s3cret/);
  });
});

describe("roles", () => {
  it.each([
    ["project:shop:global:read", 200, 403, 403],
    ["project:shop:global:write", 200, 403, 403],
    ["project:shop:global:owner", 200, 200, 200],
    ["audit", 200, 403, 403],
    ["project:other:global:owner", 403, 403, 403],
    ["project:shop:global:admin", 403, 403, 403],
    ["shop", 403, 403, 403],
  ])("%s: reading %d, changing %d, the secret %d", async (group, reads, changes, secrets) => {
    const [row] = await stored(await put([{ type: "webhook", url: URL_ }]));
    expect((await get("shop/", [group])).status).toBe(reads);
    expect((await get(`shop/${row?.id}/secret`, [group])).status).toBe(secrets);
    expect((await put([], { groups: [group] })).status).toBe(changes);
  });

  it("a reader who may not change the set gets a 403, and no validation errors", async () => {
    expect((await problemOf(await put([{ nonsense: true }], { groups: ["audit"] }))).status).toBe(403);
  });

  it.each(["project:shop:global:read", "audit"])(
    "%s sees only the origin of a URL, under another ETag",
    async (group) => {
      await put([{ type: "webhook", url: URL_ }]);
      const response = await get("shop/", [group]);
      expect(await response.clone().text()).not.toContain("secret-path");
      expect(await response.json()).toMatchObject([{ url: "https://hooks.example.com" }]);
      expect(response.headers.get("ETag")).not.toBe((await get()).headers.get("ETag"));
    },
  );
});
