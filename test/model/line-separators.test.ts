import { beforeAll, describe, expect, it, vi } from "vitest";
import { writeJson } from "../../src/lib/json-writer.ts";
import { aWebhook, aWorld, type World } from "../domain/deliveries/world.ts";
import { problemOf } from "../support/problems.ts";
import { aService, listingPath } from "../support/service.ts";
import { linesIn, recordsIn, textOf } from "../support/streams.ts";
import { forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";

/**
 * NEL, LINE SEPARATOR and PARAGRAPH SEPARATOR. At each of them, Node's `readline` or Python's `splitlines` ends a line.
 */
const SEPARATORS = ["\u0085", "\u2028", "\u2029"];
const HOSTILE = `a${SEPARATORS.join("b")}c`;
const GROUP = `team ${HOSTILE}`;

const EVENT = {
  type: "ADD_BUILD",
  username: HOSTILE,
  inventory_project: HOSTILE,
  inventory_application: HOSTILE,
  inventory_version: HOSTILE,
  state_project: HOSTILE,
  state_environment: HOSTILE,
  state_deployment: HOSTILE,
  allowed_groups: [GROUP],
  data: { [HOSTILE]: [HOSTILE, { text: HOSTILE }] },
};
const ESCAPED = String.raw`a\u0085b\u2028b\u2029c`;

const service = aService();
const OWNER = { name: HOSTILE, groups: [GROUP, `project:${HOSTILE}:global:owner`] };

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${await tokenOf(OWNER)}`);
  return service.request(`/api/v1/events/${path}`, { ...init, headers });
}

async function list(Accept: string): Promise<string> {
  return textOf(await ask("query/?page_after=0&limit=1", { headers: { Accept } }));
}

function expectNoSeparator(text: string): void {
  expect(SEPARATORS.filter((separator) => text.includes(separator))).toEqual([]);
}

describe("a client that splits lines at U+0085, U+2028 and U+2029 reads everything", () => {
  let location: string;

  beforeAll(async () => {
    await forgetEverything();
    location = (await service.record(EVENT)).headers.get("Location") ?? "";
  });

  it.each(["application/json", "application/cloudevents-batch+json", "application/x-ndjson", "text/event-stream"])(
    "in a listing as %s",
    async (form) => {
      const text = await list(form);
      expectNoSeparator(text);
      expect(text).toContain(`"username":"${ESCAPED}"`);
      expect(text).toContain(`"allowed_groups":["team ${ESCAPED}"]`);
      expect(text).toContain(`"data":{"${ESCAPED}":["${ESCAPED}",{"text":"${ESCAPED}"}]}`);
    },
  );

  it("in a single event, which equals the recorded one", async () => {
    const response = await service.request(location, { headers: { Authorization: `Bearer ${await tokenOf(OWNER)}` } });
    const text = await response.text();
    expectNoSeparator(text);
    expect(JSON.parse(text)).toMatchObject(EVENT);
  });

  it("in the JSON of CSV's columns, which equals the JSON of the other formats", async () => {
    const [record] = recordsIn(await list("text/csv")).events;
    const [event] = linesIn(await list("application/x-ndjson")).events;
    for (const column of ["allowed_groups", "data"]) {
      const cell = String(record?.[column]);
      expectNoSeparator(cell);
      expect(JSON.parse(cell)).toEqual(event?.[column]);
    }
  });

  it("in an event with the largest allowed data", async () => {
    const text = "\u2028".repeat(10_900); // 32 KiB of UTF-8
    expect((await service.record({ ...EVENT, data: { text } })).status).toBe(200);
    const lines = await textOf(await ask("query/?limit=1", { headers: { Accept: "application/x-ndjson" } }));
    expectNoSeparator(lines);
    expect(linesIn(lines).events).toMatchObject([{ data: { text } }]);
  });

  it("in a problem", async () => {
    const refused = await service.record({ ...EVENT, [HOSTILE]: 1 });
    expectNoSeparator(await refused.clone().text());
    expect(await problemOf(refused)).toMatchObject({ errors: [{ path: HOSTILE }] });
  });

  it("in subscriptions, deliveries with the receivers' responses, tests and recoveries", async () => {
    vi.stubGlobal("fetch", async () => new Response(HOSTILE));
    const project = encodeURIComponent(HOSTILE);
    const Body = (body: unknown) => ({ headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const entry = { type: "slack", url: "https://hooks.slack.com/services/x", slack_username: HOSTILE };
    const set = await ask(`subscriptions/project/${project}/`, { method: "PUT", ...Body([entry]) });
    const [{ id }] = await set.clone().json<[{ id: string }]>();
    const one = `subscriptions/project/${project}/${id}`;
    const recovery = await ask(`${one}/recover`, { method: "POST", ...Body({ from: "0", which: "all" }) });
    const responses = [
      set,
      recovery,
      await ask(`subscriptions/project/${project}/`),
      await ask(`${one}/test`, { method: "POST" }),
      await ask(`${one}/recoveries/${(await recovery.clone().json<{ id: string }>()).id}`),
      await ask(`deliveries/project/${project}/`),
    ];
    vi.unstubAllGlobals();
    for (const response of responses) {
      expect(response.status).toBeLessThan(300);
      const text = await response.text();
      expectNoSeparator(text);
      expect(text).toContain(ESCAPED);
    }
  });

  it("in the log", async () => {
    const log = vi.spyOn(console, "log");
    await ask(`query/${listingPath("project", HOSTILE)}`);
    for (const [line] of log.mock.calls) expectNoSeparator(String(line));
    log.mockRestore();
  });
});

describe("a receiver that splits lines reads everything", () => {
  let world: World;

  beforeAll(async () => {
    world = await aWorld();
    await world.subscribe(aWebhook(), {
      type: "slack",
      url: "https://hooks.slack.com/services/x",
      slack_username: HOSTILE,
    });
    await world.record({ ...EVENT, state_project: "shop", allowed_groups: ["devs"] });
    await world.deliver();
  });

  it("in a webhook, whose signed body is escaped", () => {
    const [body] = world.received.filter(({ url }) => !url.includes("slack")).map((received) => received.body);
    expectNoSeparator(body ?? "");
    expect(JSON.parse(body ?? "")).toMatchObject({ username: HOSTILE, data: EVENT.data });
  });

  it("in a message for Slack", () => {
    const [body] = world.received.filter(({ url }) => url.includes("slack")).map((received) => received.body);
    expectNoSeparator(body ?? "");
    expect(JSON.parse(body ?? "")).toMatchObject({ text: expect.stringContaining("shop") });
  });
});

it("writeJson changes nothing else", () => {
  const value = { [HOSTILE]: [HOSTILE, "\u2027\u202A\u0084\u0086\n é 🛍️", 1.5, null, true] };
  expectNoSeparator(writeJson(value));
  expect(JSON.parse(writeJson(value))).toEqual(value);
  expect(writeJson(["\u2027\u202A\u0084\u0086é 🛍️"])).toBe(JSON.stringify(["\u2027\u202A\u0084\u0086é 🛍️"]));
});
