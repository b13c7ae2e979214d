import { beforeAll, describe, expect, it } from "vitest";
import { MEDIA_TYPES } from "../../src/api/listings/negotiate-media-type.ts";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { tokenOf } from "../support/tokens.ts";

const service = aService();
const LISTING = "/api/v1/events/query/";
const [JSON_TYPE, CLOUD_EVENTS, NDJSON, CSV, LIVE, OPENINGS] = MEDIA_TYPES;
const CHROME =
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";

async function ask(headers: [string, string][], path = LISTING, method = "GET"): Promise<Response> {
  const Authorization = `Bearer ${await tokenOf({})}`;
  return service.request(path, { method, headers: new Headers([["Authorization", Authorization], ...headers]) });
}

async function typeFor(...accepts: string[]): Promise<string | undefined> {
  const response = await ask(accepts.map((accept) => ["Accept", accept]));
  await response.body?.cancel();
  return response.headers.get("Content-Type")?.replace(/; (?:charset|header)=[^;]*/g, "");
}

beforeAll(async () => void (await service.record({ type: "USER_SIGNUP" })));

describe("the form of a listing", () => {
  it.each(MEDIA_TYPES)("is %s if Accept selects it", async (type) => {
    expect(await typeFor(type)).toBe(type);
    expect(await typeFor(type.toUpperCase())).toBe(type);
  });

  it.each([
    ["", JSON_TYPE],
    ["*/*", JSON_TYPE],
    ["application/*", JSON_TYPE],
    ["text/*", CSV],
    [CHROME, JSON_TYPE],
    ["application/json, text/plain, */*", JSON_TYPE],
    ["application/json; charset=utf-8", JSON_TYPE],
    ['application/json;profile="a, b;q=0";q=0.9, text/csv;q=0.1', JSON_TYPE],
    ["text/csv; header=present; charset=utf-8", CSV],
    ["text/csv, application/json", CSV],
    ["application/json;q=0.5, text/csv;q=0.9", CSV],
    ["application/json;q=0.5,text/csv;q=0.4,*/*;q=0.1", JSON_TYPE],
    ["application/json;q=0, */*", CLOUD_EVENTS],
    ["application/*;q=0, */*;q=0.1", CSV],
    ["application/*;q=0.2, application/x-ndjson;q=0.3", NDJSON],
    ["text/event-stream", LIVE],
    ['application/x-ndjson;openings="1"', OPENINGS],
    ["APPLICATION/X-NDJSON ; Openings = 1 ; q=0.3, text/csv;q=0.2", OPENINGS],
    ["application/x-ndjson;openings=1;profile=x, application/json", OPENINGS],
    ["application/x-ndjson;q=0.5, application/x-ndjson;openings=1", OPENINGS],
    ["application/x-ndjson;openings=1;q=0.1, application/json", JSON_TYPE],
    ["application/x-ndjson;openings=0", NDJSON],
    ["application/x-ndjson;openings=12", NDJSON],
    ["application/json;openings=1", JSON_TYPE],
    ["application/*;openings=1", JSON_TYPE],
    ["nonsense, text/csv", CSV],
    ["image/png, application/x-ndjson", NDJSON],
  ])("is, for %j, %s", async (accept, type) => {
    expect(await typeFor(accept)).toBe(type);
  });

  it("is JSON by default, and Accept may be sent in several headers", async () => {
    expect(await typeFor()).toBe(JSON_TYPE);
    expect(await typeFor("image/png", "text/csv;q=0.5")).toBe(CSV);
  });
});

describe("a form that is not served", () => {
  it.each(["image/png", "text/html", "nonsense", "application/json;q=0", "*/*;q=0", "text/csv;q=0, image/*", ";", "/"])(
    "as in %j is refused with the list of those that are",
    async (accept) => {
      const problem = await problemOf(await ask([["Accept", accept]]));
      expect(problem).toMatchObject({ status: 406, type: "urn:tidings:problem:not-acceptable" });
      for (const type of MEDIA_TYPES) expect(problem.detail).toContain(type);
    },
  );

  it("is refused after a bad token and bad parameters", async () => {
    const Accept = "image/png";
    expect((await service.request(LISTING, { headers: { Accept } })).status).toBe(401);
    expect((await ask([["Accept", Accept]], `${LISTING}?page_size=0`)).status).toBe(400);
    expect((await ask([["Accept", Accept]])).status).toBe(406);
  });
});

describe("HEAD", () => {
  it.each(MEDIA_TYPES)("for %s has the headers of GET, no body, and at most one query", async (type) => {
    const head = await ask([["Accept", type]], LISTING, "HEAD");
    const get = await ask([["Accept", type]]);
    expect([head.status, await head.text()]).toEqual([200, ""]);
    for (const name of ["Content-Type", "Content-Disposition", "Cache-Control", "Vary", "ETag", "Link"]) {
      expect(head.headers.get(name)).toBe(get.headers.get(name));
    }
    expect(head.headers.get("Server-Timing")).toMatch(/d1-queries;desc="[01]"/);
    await get.body?.cancel();
  });

  it.each([NDJSON, CSV, LIVE])("for %s begins no stream, and minds what is asked all the same", async (type) => {
    const head = await ask([["Accept", type]], LISTING, "HEAD");
    expect(head.headers.get("Server-Timing")).toContain('d1-queries;desc="0"');
    expect((await ask([["Accept", type]], `${LISTING}?limit=0`, "HEAD")).status).toBe(400);
  });
});

it("is in Vary, for each format", async () => {
  const tags = new Set<string | null>();
  for (const type of MEDIA_TYPES) {
    const { headers, body } = await ask([["Accept", type]]);
    await body?.cancel();
    expect(headers.get("Vary")).toBe("Accept, Authorization, X-Escape-Token, Cookie");
    expect(headers.get("Cache-Control")).toMatch(/^private, /);
    tags.add(headers.get("ETag"));
  }
  expect(tags.size).toBe(3); // the tag of JSON, the tag of CloudEvents, and no tag for streams
});
