import { beforeAll, describe, expect, it } from "vitest";
import { someEvents } from "../support/factories.ts";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { tokenOf } from "../support/tokens.ts";

const service = aService();
const LISTINGS = [
  "query",
  "query/inventory",
  "query/inventory/p",
  "query/inventory/p/a",
  "query/inventory/p/a/v",
  "query/project",
  "query/project/p",
  "query/project/p/e",
  "query/project/p/e/deployment?deployment=d",
];

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return service.request(`/api/v1/events/${path}`, {
    headers: { Authorization: `Bearer ${await tokenOf({})}`, ...headers },
  });
}

beforeAll(async () => {
  await service.record(
    someEvents(3, (index) => ({
      inventory_project: "p",
      inventory_application: "a",
      inventory_version: "v",
      state_project: "p",
      state_environment: "e",
      state_deployment: "d",
      username: `${index}`,
    })),
  );
  await service.record({ type: "USER_SIGNUP", state_project: "other" });
});

describe("a listing", () => {
  it.each(LISTINGS)("at %s holds the events of its scope, with and without its trailing slash", async (path) => {
    const [bare, query = ""] = path.split("?");
    const withSlash = await get(`${bare}/?${query}`);
    const without = await get(`${bare}?${query}`);
    expect(withSlash.status).toBe(200);
    const events = await withSlash.json<{ username?: string }[]>();
    expect(events.filter(({ username }) => username !== undefined).map(({ username }) => username)).toEqual([
      "2",
      "1",
      "0",
    ]);
    expect(await without.json()).toEqual(events);
  });

  it("of an unknown project is empty", async () => {
    const response = await get("query/project/nowhere/");
    expect([response.status, await response.text()]).toEqual([200, "[]"]);
    expect(response.headers.get("Link")).toBeNull();
  });

  it("has headers that make caches keep it for its reader alone and revalidate it", async () => {
    const { headers } = await get("query/");
    expect(headers.get("Vary")).toBe("Accept, Authorization, X-Escape-Token, Cookie");
    expect(headers.get("Cache-Control")).toMatch(/^private\b/);
    expect(headers.get("ETag")).toMatch(/^"[^"]+"$/);
    expect(headers.get("x-d1-bookmark")).toMatch(/^[0-9a-f-]{59}$/);
    expect(headers.get("Server-Timing")).toMatch(
      /^d1;dur=[0-9.]+, d1-queries;desc="1", d1-rows-read;desc="[0-9]+", d1-rows-written;desc="0", r2;desc="0"$/,
    );
  });

  it.each(["tag", "W/tag", `"other", tag`, "page_after tag"])(
    "answers 304 without a body for the copy known by %s",
    async (form) => {
      const path = form.startsWith("page_after") ? "query/?page_after=0" : "query/";
      const tag = (await get(path)).headers.get("ETag") ?? "";
      const response = await get(path, { "If-None-Match": form.replace(/^page_after /, "").replace("tag", tag) });
      expect([response.status, await response.text()]).toEqual([304, ""]);
      expect(response.headers.get("ETag")).toBe(tag);
      expect(response.headers.get("Vary")).not.toBeNull();
    },
  );

  it("answers 304 for *, and keeps the link to the next page in it", async () => {
    const whole = await get("query/?page_size=1");
    for (const known of ["*", whole.headers.get("ETag") ?? ""]) {
      const response = await get("query/?page_size=1", { "If-None-Match": known });
      expect([response.status, response.headers.get("Link")]).toEqual([304, whole.headers.get("Link")]);
    }
  });

  it.each(["junk", `"x-1"`, `"x-4"`])("answers whole for the copy known by %s, which is none of ours", async (tag) => {
    expect((await get("query/", { "If-None-Match": tag })).status).toBe(200);
  });

  it.each(["", "junk", "00000000-00000000-00000000-0000000000000000000000000000000", "' OR 1=1"])(
    "ignores the malformed bookmark %j",
    async (bookmark) => {
      expect((await get("query/", { "x-d1-bookmark": bookmark })).status).toBe(200);
    },
  );

  it("has the headers of GET for HEAD, and no body", async () => {
    const path = "/api/v1/events/query/";
    const response = await service.request(path, {
      method: "HEAD",
      headers: { Authorization: `Bearer ${await tokenOf({})}` },
    });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(response.headers.get("ETag")).toBe((await get("query/")).headers.get("ETag"));
  });
});

describe("the filters of query/", () => {
  const p = ["2", "1", "0"];
  it.each([
    ["", [undefined, ...p]],
    ["inventory_project=p", p],
    ["inventory_project=p&inventory_application=a&inventory_version=v", p],
    ["inventory_project=p&inventory_application=x", []],
    ["inventory_application=x", [undefined, ...p]],
    ["inventory_project=p&inventory_version=x", p],
    ["inventory_project=p&state_project=other", p],
    ["state_project=other", [undefined]],
    ["state_project=p&state_environment=e&state_deployment=d", p],
    ["state_project=p&state_deployment=x", p],
    ["state_environment=x", [undefined, ...p]],
    ["inventory_project=&state_project=other", [undefined]],
    ["state_project=p&state_environment=&state_deployment=x", p],
    ["unknown=1&unknown=2", [undefined, ...p]],
  ])("%s find what the reference says", async (query, expected) => {
    const events = await (await get(`query/?${query}`)).json<{ username?: string }[]>();
    expect(events.map(({ username }) => username)).toEqual(expected);
  });

  it("count on query/ alone: on the scoped listings the path decides", async () => {
    const events = await (await get("query/project/p/?inventory_project=x&state_project=other")).json<unknown[]>();
    expect(events).toHaveLength(3);
  });

  it("stay in the link to the next page, as they were meant", async () => {
    await service.record(someEvents(2, () => ({ state_project: "a b+c&d/é" })));
    const response = await get("query/?state_project=a+b%2Bc%26d%2F%C3%A9&page_size=1&x=1");
    const link = new URL(/<(.*)>/.exec(response.headers.get("Link") ?? "")?.[1] ?? "");
    expect(Object.fromEntries(link.searchParams)).toEqual({
      state_project: "a b+c&d/é",
      page_size: "1",
      page_from: expect.any(String),
      x: "1",
    });
    expect(await (await get(`query/${link.search}`)).json()).toMatchObject([{ state_project: "a b+c&d/é" }]);
  });
});

describe("a listing refuses", () => {
  it.each([
    ...["", "0", "501", "-1", "1.0", "1e2", "050", "abc", "%20"].map((value) => [`page_size=${value}`, "page_size"]),
    ...["", "-1", "01", "1.5", "abc", "10000000000000000000"].flatMap((value) => [
      [`page_from=${value}`, "page_from"],
      [`page_after=${value}`, "page_after"],
    ]),
    ["page_from=1&page_after=1", "page_after"],
    ["page_size=1&page_size=2", "page_size", "must be given only once"],
    ["page_from=1&page_from=1", "page_from"],
    ["state_project=a&state_project=b", "state_project"],
    ["inventory_version=a&inventory_version=a", "inventory_version"],
    ["state_project=%zz", "query"],
    ["unknown=%ff", "query"],
  ])("%s, and says why", async (query, path, message = "") => {
    const response = await get(`query/?${query}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).errors).toEqual([{ path, message: expect.stringContaining(message) }]);
  });

  it.each(["query/project/%zz/", "query/project/%ff/", "query/inventory/a/%/"])("the path %s", async (path) => {
    expect(await problemOf(await get(path))).toMatchObject({ status: 400, errors: [{ path: "path" }] });
  });

  it.each(["", "?deployment=", "?deployment=a&deployment=b"])("a deployment named %j", async (query) => {
    expect(await problemOf(await get(`query/project/p/e/deployment${query}`))).toMatchObject({
      status: 400,
      errors: [{ path: "deployment" }],
    });
  });

  it.each(LISTINGS)("%s without a token, before it looks at what is asked", async (path) => {
    const response = await service.request(`/api/v1/events/${path}${path.includes("?") ? "&" : "?"}page_size=bad`);
    expect(response.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
    expect(await problemOf(response)).toMatchObject({ status: 401 });
  });
});

describe("a single event", () => {
  it.each(["0", "01", "-1", "abc", "999", "9223372036854775808", "9999999999999999999", "1e0", "%zz"])(
    "of ID %s is not there, whatever is wrong with it",
    async (id) => {
      expect([400, 404]).toContain((await problemOf(await get(id))).status);
    },
  );

  it("gets the same 404 as a missing event if the reader may not see it", async () => {
    const response = await service.record({ type: "USER_SIGNUP", allowed_groups: ["ops"] });
    const id = response.headers.get("Location")?.split("/").at(-1) ?? "";
    const hidden = await problemOf(await get(id));
    const absent = await problemOf(await get("999999"));
    expect({ ...hidden, instance: "" }).toEqual({ ...absent, instance: "" });
    const ops = { Authorization: `Bearer ${await tokenOf({ groups: ["ops"] })}` };
    expect((await get(id, ops)).status).toBe(200);
  });
});
