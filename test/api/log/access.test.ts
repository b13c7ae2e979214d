import { beforeAll, describe, expect, it } from "vitest";
import { anEvent } from "../../support/factories.ts";
import { problemOf } from "../../support/problems.ts";
import { aService } from "../../support/service.ts";
import { forgetEverything } from "../../support/tables.ts";
import { tokenOf } from "../../support/tokens.ts";
import { aLoggedService } from "../../support/logged-service.ts";

const ROUTES = ["/log/checkpoint", "/log/key", "/log/tile/0/000.p/1", "/log/tile/entries/000.p/1"];
const service = aLoggedService();
const open = aLoggedService({ LOG_ACCESS: "public" });
let proof: string;

beforeAll(async () => {
  await forgetEverything();
  proof = `${(await service.record(anEvent())).headers.get("Location")}/proof`;
  await service.sweep();
});

describe.each(ROUTES)("%s", (path) => {
  it("needs a reader's token", async () => {
    const without = await service.request(path, { reader: null });
    expect(without.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
    expect((await problemOf(without)).status).toBe(401);
    const bad = { Authorization: "Bearer x" };
    expect((await service.request(path, { reader: null, headers: bad })).status).toBe(401);
    for (const groups of [[], ["team"]]) expect((await service.request(path, { reader: { groups } })).status).toBe(200);
    const cookie = { Cookie: `X-Escape-Token=${await tokenOf({})}` };
    expect((await service.request(path, { reader: null, headers: cookie })).status).toBe(200);
  });

  it("needs none if LOG_ACCESS is public, and any cache may keep it", async () => {
    const response = await open.request(path, { reader: null });
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toMatch(/^public, max-age=/);
    expect(response.headers.get("Vary")).toBeNull();
    expect((await open.request(path, { reader: null, headers: { Authorization: "Bearer x" } })).status).toBe(200);
  });

  it("works with a trailing slash, for HEAD, and for no method that changes something", async () => {
    expect((await service.request(`${path}/`)).status).toBe(200);
    const head = await service.request(path, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    for (const method of ["POST", "PUT", "DELETE"]) {
      const response = await service.request(path, { method });
      expect(response.headers.get("Allow")).toBe("GET, HEAD");
      expect((await problemOf(response)).status).toBe(405);
    }
  });

  it("has CORS headers for an origin of ALLOWED_ORIGINS, and for no other", async () => {
    const allowing = aLoggedService({ ALLOWED_ORIGINS: "https://app.example.com" });
    const headersFor = async (Origin: string) => (await allowing.request(path, { headers: { Origin } })).headers;
    const allowed = await headersFor("https://app.example.com");
    expect(allowed.get("Access-Control-Allow-Origin")).toBe("https://app.example.com");
    const other = await headersFor("https://evil.example.com");
    expect(other.get("Access-Control-Allow-Origin")).toBeNull();
    for (const headers of [allowed, other]) expect(headers.get("Vary")).toMatch(/\bOrigin\b/);
  });

  it.each([{}, { LOG_ACCESS: "public" }])("is a 404 that says so without LOG_KEY, and with %j", async (bindings) => {
    const none = aService({ LOG_KEY: "", ...bindings });
    for (const headers of [{}, { Authorization: `Bearer ${await tokenOf({})}` }]) {
      const problem = await problemOf(await none.request(path, { headers }));
      expect(problem).toMatchObject({ status: 404, detail: expect.stringContaining("LOG_KEY is not set") });
    }
  });
});

describe("a proof", () => {
  it("needs a reader's token whatever LOG_ACCESS is, and is for that reader alone", async () => {
    for (const { request } of [service, open]) {
      expect((await request(proof, { reader: null })).status).toBe(401);
      const response = await request(proof);
      expect(response.status).toBe(200);
      expect(response.headers.get("Cache-Control")).toBe("private, max-age=5");
      expect(response.headers.get("Vary")).toBe("Accept, Authorization, X-Escape-Token, Cookie");
    }
  });

  it("is a 404 that says so without LOG_KEY, for events that are there and for others", async () => {
    const none = aService({ LOG_KEY: "" });
    for (const path of [proof, "/api/v1/events/999999/proof", "/api/v1/events/x/proof"]) {
      const problem = await problemOf(await none.get(path));
      expect(problem).toMatchObject({ status: 404, detail: expect.stringContaining("LOG_KEY is not set") });
    }
  });

  it("works with a trailing slash, for HEAD, and for no method that changes something", async () => {
    expect((await service.request(`${proof}/`)).status).toBe(200);
    expect(await (await service.request(proof, { method: "HEAD" })).text()).toBe("");
    const response = await service.request(proof, { method: "POST" });
    expect(response.headers.get("Allow")).toBe("GET, HEAD");
    expect((await problemOf(response)).status).toBe(405);
  });
});

it("a bad LOG_KEY is a 500 that names it, where the log is asked for", async () => {
  const broken = aService({ LOG_KEY: "PRIVATE+KEY+broken" });
  for (const path of [...ROUTES, proof]) {
    const problem = await problemOf(await broken.get(path));
    expect(problem).toMatchObject({ status: 500, detail: expect.stringContaining("LOG_KEY") });
  }
  expect((await broken.list("")).status).toBe(200);
});
