import { beforeEach, describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../../src/schemas/event.ts";
import { anEvent, someEvents } from "../support/factories.ts";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { tokenOf } from "../support/tokens.ts";
import { everythingStored, forgetEverything } from "../support/tables.ts";

const service = aService();
const text = (length: number) => "x".repeat(length);
const nested = (depth: number): object => (depth === 1 ? {} : { inner: nested(depth - 1) });

beforeEach(forgetEverything);

async function recorded(body: unknown): Promise<Record<string, unknown>> {
  const response = await service.record(body);
  expect(await response.text()).toBe("");
  expect(response.status).toBe(200);
  const stored = await service.request(response.headers.get("Location") ?? "", await asReader());
  return stored.json();
}

async function asReader() {
  return { headers: { Authorization: `Bearer ${await tokenOf({ groups: ["a", "g0"] })}` } };
}

describe("an event is recorded as it was sent", () => {
  it.each(EVENT_TYPES)("of type %s", async (type) => {
    expect(await recorded({ type })).toMatchObject({ type });
  });

  it.each([
    ["a string", `"1763859600123456789"`, "1763859600123456789"],
    ["an integer beyond 2^53", "1763859600123456789", "1763859600123456789"],
    ["the largest", "9999999999999999999", "9999999999999999999"],
    ["the smallest", "0", "0"],
  ])("with a timestamp that is %s", async (_, sent, served) => {
    expect(await recorded(`{"type":"ADD_BUILD","timestamp":${sent}}`)).toMatchObject({ timestamp: served });
  });

  it.each(["", `"timestamp":null,`, `"timestamp":"",`])(
    "at the time of receipt where it sends none: {%s…}",
    async (sent) => {
      const before = BigInt(Date.now()) * 1_000_000n;
      const { timestamp } = await recorded(`{${sent}"type":"ADD_BUILD"}`);
      const age = BigInt(String(timestamp)) - before;
      expect(age >= 0n && age < 60_000_000_000n).toBe(true);
    },
  );

  it("with both spellings of a field, whichever was sent", async () => {
    const both = {
      inventory_project: "shop",
      inventory_namespace: "shop",
      allowed_groups: ["a"],
      allowed_roles: ["a"],
    };
    expect(await recorded(anEvent({ inventory_project: "shop", allowed_groups: ["a"] }))).toMatchObject(both);
    expect(await recorded({ type: "ADD_BUILD", inventory_namespace: "shop", allowed_roles: ["a"] })).toMatchObject(
      both,
    );
    expect(await recorded({ type: "ADD_BUILD", ...both })).toMatchObject(both);
  });

  it("without the fields that are absent, null or empty", async () => {
    const sent = {
      type: "USER_SIGNUP",
      timestamp: "5",
      id: "",
      recorded_at: null,
      username: null,
      state_project: "",
      data: null,
    };
    expect(await recorded(sent)).toEqual({
      id: expect.any(String),
      type: "USER_SIGNUP",
      timestamp: "5",
      recorded_at: expect.any(String),
    });
  });

  it("with data that keeps its numbers and keys exactly", async () => {
    const data = `{"n":12345678901234567890,"x":1.10,"e":1e400,"z":-0,"__proto__":{"deep":[1.0]},"":"\\u0000"}`;
    const response = await service.record(`{"type":"ADD_BUILD","data":${data}}`);
    const stored = await service.request(response.headers.get("Location") ?? "", await asReader());
    expect(await stored.text()).toContain(`"data":${data}`);
  });

  it.each([
    ["names of 255 units", anEvent({ username: text(255), state_project: "😀".repeat(127) })],
    ["32 groups", anEvent({ allowed_groups: Array.from({ length: 32 }, (_, index) => `g${index}`) })],
    ["data that nests 64 deep", anEvent({ data: nested(64) as Record<string, unknown> })],
    ["data of 32 KiB", anEvent({ data: { x: text(32 * 1024 - 8) } })],
    ["NUL in a name", anEvent({ username: "a\u0000b" })],
  ])("with %s", async (_, event) => {
    expect(await recorded(event)).toMatchObject(event);
  });

  it("with keys of data that are only alike", async () => {
    const data = `{"\u00e9":1,"e\u0301":2,"E\u0301":3,"a":{"a":{"a":0}}}`;
    const response = await service.record(`{"type":"ADD_BUILD","data":${data}}`);
    const stored = await service.request(response.headers.get("Location") ?? "", await asReader());
    expect(await stored.text()).toContain(`"data":${data}`);
  });

  it("in an array, under IDs in the array's order", async () => {
    await service.record(someEvents(100, (index) => ({ username: `user ${index}` })));
    const { events } = await service.list("?page_size=500");
    expect(events.toReversed().map(({ username }) => username)).toEqual(
      Array.from({ length: 100 }, (_, index) => `user ${index}`),
    );
    expect(new Set(events.map(({ id }) => id)).size).toBe(100);
  });
});

describe("an event is refused, whole, with what would be right", () => {
  const event = (fields: string) => `{"type":"ADD_BUILD",${fields}}`;
  it.each([
    ["no type", "{}", "type"],
    ["another type", `{"type":"add_build"}`, "type"],
    ["an ID of its own", event(`"id":"7"`), "id"],
    ["a time of recording", event(`"recorded_at":"2026-11-29T02:05:17.488Z"`), "recorded_at"],
    ["a negative time", event(`"timestamp":-1`), "timestamp"],
    ["a fractional time", event(`"timestamp":1.0`), "timestamp"],
    ["an exponent in the time", event(`"timestamp":1e18`), "timestamp"],
    ["a time of 20 digits", event(`"timestamp":"10000000000000000000"`), "timestamp"],
    ["a time with a leading zero", event(`"timestamp":"012"`), "timestamp"],
    ["a time that is true", event(`"timestamp":true`), "timestamp"],
    ["an application without its project", event(`"inventory_application":"a"`), "inventory_application"],
    [
      "a version without its application",
      event(`"inventory_project":"p","inventory_version":"1"`),
      "inventory_version",
    ],
    ["an environment without its project", event(`"state_environment":"e"`), "state_environment"],
    ["a deployment without its environment", event(`"state_project":"p","state_deployment":"d"`), "state_deployment"],
    ["two values for one field", event(`"inventory_project":"a","inventory_namespace":"b"`), "inventory_namespace"],
    ["two access rules", event(`"allowed_groups":["a"],"allowed_roles":["b"]`), "allowed_roles"],
    ["an access rule that is null", event(`"allowed_groups":null`), "allowed_groups"],
    ["an access rule that is null, in its other spelling", event(`"allowed_roles":null`), "allowed_roles"],
    ["an access rule that is a string", event(`"allowed_groups":"a"`), "allowed_groups"],
    ["a group without a name", event(`"allowed_groups":[""]`), "allowed_groups.0"],
    ["33 groups", event(`"allowed_groups":${JSON.stringify(Array.from({ length: 33 }, String))}`), "allowed_groups"],
    ["a group of 256 units", event(`"allowed_groups":["${text(256)}"]`), "allowed_groups.0"],
    ["a name of 256 units", event(`"username":"${text(256)}"`), "username"],
    ["a name of 256 units in 128 characters", event(`"username":"${"😀".repeat(128)}"`), "username"],
    ["a name that is a number", event(`"username":5`), "username"],
    ["an unpaired surrogate in a name", event(`"username":"\\ud800"`), "username"],
    ["an unpaired surrogate in data", event(`"data":{"deep":["\\udc00"]}`), "data"],
    ["an unpaired surrogate in a key of data", event(`"data":{"\\udc00":1}`), "data"],
    ["a project that is .", event(`"state_project":"."`), "state_project"],
    ["a project that is ..", event(`"inventory_project":".."`), "inventory_project"],
    ["data that is an array", event(`"data":[]`), "data"],
    ["data that is a number", event(`"data":5`), "data"],
    ["data that nests 65 deep", event(`"data":${JSON.stringify(nested(65))}`), "data"],
    ["data over 32 KiB", event(`"data":{"x":"${text(32 * 1024)}"}`), "data"],
    ["an unknown field", event(`"user":"ann"`), "user"],
    ["an unknown field of a prototype's name", event(`"__proto__":{}`), "__proto__"],
    ["another unknown field of a prototype's name", event(`"constructor":{}`), "constructor"],
    ["one bad event among good ones", `[{"type":"ADD_BUILD"},{"type":"X"}]`, "1.type"],
    ["no event at all", "[]", ""],
    ["101 events", JSON.stringify(someEvents(101)), ""],
    ["a number", "5", ""],
    ["null", "null", ""],
    ["what is not JSON", "{", ""],
    ["nothing", "", ""],
    ["open brackets alone, as many as fit", "[".repeat(1024 * 1024), ""],
    ["data too deep to read", event(`"data":{"a":${"[".repeat(400_000)}${"]".repeat(400_000)}}`), "data"],
    ["an access rule that is given twice", event(`"allowed_groups":["hr"],"allowed_groups":["all"]`), "allowed_groups"],
    ["a field that is given twice with one value", event(`"username":"ann","username":"ann"`), "username"],
    ["a field that is given twice in two ways of writing it", event(`"username":"a","user\\u006eame":"b"`), "username"],
    ["a key that is given twice deep in data", event(`"data":{"a":[{"b":{"c":1,"c":1}}]}`), "data.a.0.b.c"],
    ["__proto__ twice in data", event(`"data":{"__proto__":1,"__proto__":2}`), "data.__proto__"],
    [
      "a key that is given twice in one of several events",
      `[{"type":"ADD_BUILD"},${event(`"type":"ADD_BUILD"`)}]`,
      "1.type",
    ],
  ])("for %s", async (_, body, path) => {
    const before = await everythingStored();
    const response = await service.record(body);
    expect(response.status).toBe(400);
    const { errors } = await problemOf(response);
    expect(errors?.map((fault) => fault.path)).toEqual([path]);
    expect(errors?.[0]?.message).not.toBe("");
    expect(await everythingStored()).toEqual(before);
  });

  it.each([
    ["ISO 8859-1", [0x22, 0xfc, 0x22]],
    ["UTF-16", [0x22, 0x00, 0x61, 0x00, 0xd8, 0xd8]],
    ["a surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["an overlong slash", [0x22, 0xc0, 0xaf, 0x22]],
  ])("for a body that is not UTF-8: %s", async (_, bytes) => {
    const response = await service.request("/internal/create-event", {
      method: "POST",
      headers: { Authorization: "Bearer test-producer-token", "Content-Type": "application/json" },
      body: new Uint8Array(bytes),
    });
    expect(await problemOf(response)).toMatchObject({ status: 400 });
  });

  it("for a query that is not percent-encoded UTF-8", async () => {
    const response = await service.request("/internal/create-event?x=%zz", {
      method: "POST",
      headers: { Authorization: "Bearer test-producer-token" },
    });
    expect(await problemOf(response)).toMatchObject({ status: 400, errors: [{ path: "query" }] });
  });

  it.each([undefined, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])(
    "for the content type %s",
    async (type) => {
      const response = await service.request("/internal/create-event", {
        method: "POST",
        headers: { Authorization: "Bearer test-producer-token", ...(type && { "Content-Type": type }) },
        body: new TextEncoder().encode(`{"type":"ADD_BUILD"}`),
      });
      expect(await problemOf(response)).toMatchObject({ status: 415 });
    },
  );

  it.each(["gzip", "br", "GZIP", "zstd", "identity, gzip", "x-unknown"])(
    "for a body whose Content-Encoding is %s, and asks for one without",
    async (coding) => {
      const response = await service.record({ type: "ADD_BUILD" }, { "Content-Encoding": coding });
      expect(response.headers.get("Accept-Encoding")).toBe("identity");
      expect(await problemOf(response)).toMatchObject({ status: 415, detail: expect.stringContaining("uncompressed") });
    },
  );

  it.each(["identity", "Identity", ""])("never for the Content-Encoding %j, which is none", async (coding) => {
    expect((await service.record({ type: "ADD_BUILD" }, { "Content-Encoding": coding })).status).toBe(200);
  });

  it.each([
    ["with its length told", (body: string) => body],
    ["as a stream", (body: string) => new Response(body).body],
  ])("for a body over 1 MiB, %s", async (_, send) => {
    const response = await service.request("/internal/create-event", {
      method: "POST",
      headers: { Authorization: "Bearer test-producer-token", "Content-Type": "application/json" },
      body: send(`"${text(1024 * 1024)}"`),
    });
    expect(await problemOf(response)).toMatchObject({ status: 413 });
  });

  it.each([undefined, "Bearer wrong", "Basic dTpw"])(
    "for the producer's credential %s, before it is looked at",
    async (sent) => {
      const response = await service.request("/internal/create-event", {
        method: "POST",
        headers: { ...(sent && { Authorization: sent }) },
        body: "{",
      });
      expect(response.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
      expect(await problemOf(response)).toMatchObject({ status: 401 });
    },
  );
});
