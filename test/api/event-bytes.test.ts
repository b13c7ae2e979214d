import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { anEvent, someEvents } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { linesIn, textOf } from "../support/streams.ts";
import { forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";

/**
 * Each test has its own service. IDs start from 1 in each test, so an isolate could have a page of another test in its
 * cache.
 */
let service: ReturnType<typeof aService>;
const groups = ["team", "a"];

beforeEach(async () => {
  service = aService();
  await forgetEverything();
  await env.DB.prepare("DELETE FROM sqlite_sequence").run();
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-29T02:05:17.488Z") });
});

afterEach(() => void vi.useRealTimers());

async function textAt(path: string, headers: Record<string, string> = {}): Promise<string> {
  const Authorization = `Bearer ${await tokenOf({ groups })}`;
  return textOf(await service.request(`/api/v1/events/${path}`, { headers: { Authorization, ...headers } }));
}

/** What the service must serve for an event of version 1, for as long as such events exist. */
const VERSION_1: [string, sent: string, served: string][] = [
  [
    "nothing but a type",
    `{"type":"ADD_BUILD"}`,
    `{"id":"1","type":"ADD_BUILD","timestamp":"1795917917488000000","recorded_at":"2026-11-29T02:05:17.488Z"}`,
  ],
  [
    "each field",
    `{"data":{"build":1},"allowed_groups":["team","b"],"state_deployment":"web","state_environment":"live",
      "state_project":"shop","inventory_version":"1.2","inventory_application":"api","inventory_project":"store",
      "username":"ann","timestamp":1763859600123456789,"type":"UPDATE_STATE_DEPLOYMENT"}`,
    `{"id":"1","type":"UPDATE_STATE_DEPLOYMENT","timestamp":"1763859600123456789",` +
      `"recorded_at":"2026-11-29T02:05:17.488Z","username":"ann","inventory_project":"store",` +
      `"inventory_namespace":"store","inventory_application":"api","inventory_version":"1.2","state_project":"shop",` +
      `"state_environment":"live","state_deployment":"web","allowed_groups":["team","b"],"allowed_roles":["team","b"],` +
      `"data":{"build":1}}`,
  ],
  [
    "the other spellings",
    `{"type":"TEAM_CREATED","timestamp":"0","inventory_namespace":"store","allowed_roles":["a"]}`,
    `{"id":"1","type":"TEAM_CREATED","timestamp":"0","recorded_at":"2026-11-29T02:05:17.488Z",` +
      `"inventory_project":"store","inventory_namespace":"store","allowed_groups":["a"],"allowed_roles":["a"]}`,
  ],
  [
    "a user alone",
    `{"type":"USER_SIGNUP","timestamp":"5","username":"ann"}`,
    `{"id":"1","type":"USER_SIGNUP","timestamp":"5","recorded_at":"2026-11-29T02:05:17.488Z","username":"ann"}`,
  ],
  [
    "a State project alone",
    `{"type":"ADD_BUILD","timestamp":"5","state_project":"shop"}`,
    `{"id":"1","type":"ADD_BUILD","timestamp":"5","recorded_at":"2026-11-29T02:05:17.488Z","state_project":"shop"}`,
  ],
  [
    "data alone, empty",
    `{"type":"ADD_BUILD","timestamp":"5","data":{ }}`,
    `{"id":"1","type":"ADD_BUILD","timestamp":"5","recorded_at":"2026-11-29T02:05:17.488Z","data":{}}`,
  ],
  [
    "numbers that no double holds",
    `{"type":"ADD_BUILD","timestamp":9999999999999999999,"data":{"n":12345678901234567890,"x":1.10,"e":1e400,"E":-1.5E+07,"z":-0,"zero":0.0}}`,
    `{"id":"1","type":"ADD_BUILD","timestamp":"9999999999999999999","recorded_at":"2026-11-29T02:05:17.488Z",` +
      `"data":{"n":12345678901234567890,"x":1.10,"e":1e400,"E":-1.5E+07,"z":-0,"zero":0.0}}`,
  ],
  [
    "white space, keys and nesting of any kind in data",
    `{"type":"ADD_BUILD","timestamp":"5","data":{"__proto__":{"b":[ ]}, "" : [true,\n\tfalse, null], "2":0,"1":"" }}`,
    `{"id":"1","type":"ADD_BUILD","timestamp":"5","recorded_at":"2026-11-29T02:05:17.488Z",` +
      `"data":{"1":"","2":0,"__proto__":{"b":[]},"":[true,false,null]}}`,
  ],
  [
    "characters that JSON escapes",
    String.raw`{"type":"ADD_BUILD","timestamp":"5","username":"\"\\\/\b\f\n\r\t\u0000\u001f\u007f","state_project":"\u0061\u00e9\ud83d\ude00"}`,
    String.raw`{"id":"1","type":"ADD_BUILD","timestamp":"5","recorded_at":"2026-11-29T02:05:17.488Z",` +
      String.raw`"username":"\"\\/\b\f\n\r\t\u0000\u001f` +
      `\u007f","state_project":"aé😀"}`,
  ],
  [
    "characters at which readers of lines split",
    `{"type":"ADD_BUILD","timestamp":"5","username":"a\u2028b","allowed_groups":["a","\u2029"],"data":{"\u0085":"\u2028\u2029\u0085"}}`,
    String.raw`{"id":"1","type":"ADD_BUILD","timestamp":"5","recorded_at":"2026-11-29T02:05:17.488Z",` +
      String.raw`"username":"a\u2028b","allowed_groups":["a","\u2029"],"allowed_roles":["a","\u2029"],` +
      String.raw`"data":{"\u0085":"\u2028\u2029\u0085"}}`,
  ],
  [
    "texts that look like a field",
    String.raw`{"type":"ADD_BUILD","timestamp":"5","username":",\"data\":{","state_project":",\"allowed_groups\":[","data":{"a":1,"data":{"data":2},"allowed_groups":["x"],"allowed_roles":[]}}`,
    String.raw`{"id":"1","type":"ADD_BUILD","timestamp":"5","recorded_at":"2026-11-29T02:05:17.488Z",` +
      String.raw`"username":",\"data\":{","state_project":",\"allowed_groups\":[",` +
      `"data":{"a":1,"data":{"data":2},"allowed_groups":["x"],"allowed_roles":[]}}`,
  ],
];

describe("an event of version 1", () => {
  it.each(VERSION_1)("with %s is always these bytes", async (_, sent, served) => {
    expect((await service.record(sent)).status).toBe(200);
    expect(await textAt("1")).toBe(served);
  });

  it.each(VERSION_1)("with %s is the same bytes in every format", async (_, sent, served) => {
    await service.record(sent);
    expect(await textAt("query/")).toBe(`[${served}]`);
    expect(await textAt("query/?page_after=0")).toBe(`[${served}]`);
    expect(await textAt("query/?since=0")).toBe(`[${served}]`);
    expect(await textAt("query/", { Accept: "application/x-ndjson" })).toBe(`${served}\n`);
    const batch = await textAt("query/", { Accept: "application/cloudevents-batch+json" });
    expect(batch.endsWith(`,"data":${served}}]`)).toBe(true);
    const stream = await textAt("query/?page_after=0&limit=1", { Accept: "text/event-stream" });
    expect(stream).toContain(`id: 1\ndata: ${served}\n\n`);
  });

  it("for nobody is these bytes to an auditor", async () => {
    const { record, get } = aService({ AUDITOR_GROUPS: "audit" });
    await record(`{"type":"TEAM_DELETED","timestamp":"5","allowed_groups":[]}`);
    expect(await (await get("/api/v1/events/1", { groups: ["audit"] })).text()).toBe(
      `{"id":"1","type":"TEAM_DELETED","timestamp":"5","recorded_at":"2026-11-29T02:05:17.488Z","allowed_groups":[],"allowed_roles":[]}`,
    );
  });
});

interface StoredEvent {
  id: number;
  json: string;
  recorded_at: number;
  /** In hex. */
  opening: string;
}

async function stored(): Promise<StoredEvent[]> {
  const { results } = await env.DB.prepare(
    "SELECT id, json, recorded_at, hex(opening) AS opening FROM events ORDER BY id",
  ).all<StoredEvent>();
  return results;
}

describe("a recording", () => {
  const named = (name: string) => (index: number) => ({ username: `${name} ${index}` });

  it("names each event by its own ID, whatever was recorded or deleted before", async () => {
    await service.record(someEvents(100, named("first")));
    await env.DB.prepare("DELETE FROM events WHERE id > 50").run();
    await Promise.all([
      service.record(someEvents(3, named("second")), { "Idempotency-Key": "k" }),
      service.record(someEvents(3, named("second")), { "Idempotency-Key": "k" }),
      service.record(someEvents(100, named("third"))),
      service.record(anEvent()),
    ]);
    const events = await stored();
    const ids = events.map(({ id }) => id);
    expect(ids).toEqual([...Array.from({ length: 50 }, (_, index) => index + 1), ...ids.slice(50)]);
    expect(ids.slice(50)).toEqual(Array.from({ length: 104 }, (_, index) => index + 101));
    expect(events.map(({ json }) => JSON.parse(json).id)).toEqual(ids.map(String));
  });

  it("of a megabyte that goes to D1 in several parts names each event by its own ID, in order", async () => {
    await service.record(anEvent());
    const quotes = '"'.repeat(4_800); // each is two characters in the request, and four in the parameter of D1
    const events = someEvents(100, (index) => ({ username: `${index}`, data: { quotes } }));
    expect((await service.record(events)).status).toBe(200);
    const lines = linesIn(await textAt("query/?page_after=1", { Accept: "application/x-ndjson" })).events;
    expect(lines.map(({ id, username }) => [id, username])).toEqual(
      events.map((_, index) => [`${index + 2}`, `${index}`]),
    );
  });

  it("keeps the time of receipt in whole milliseconds, and 32 random bytes for each event", async () => {
    await service.record(someEvents(100));
    await service.record(someEvents(100));
    const events = await stored();
    expect(new Set(events.map(({ recorded_at }) => recorded_at))).toEqual(new Set([1_795_917_917_488]));
    for (const { opening } of events) expect(opening).toMatch(/^[0-9A-F]{64}$/);
    expect(new Set(events.map(({ opening }) => opening)).size).toBe(200);
    const { results } = await env.DB.prepare("SELECT DISTINCT typeof(recorded_at) AS type FROM events").all();
    expect(results).toEqual([{ type: "integer" }]);
  });
});
