import { describe, expect, it, vi } from "vitest";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { tokenOf } from "../support/tokens.ts";

const service = aService();
const asReader = async () => ({ Authorization: `Bearer ${await tokenOf({ groups: ["project:shop:global:owner"] })}` });

describe("every answer", () => {
  it.each(["/health", "/nowhere", "/api/v1/events/query/", "/api/v1/events/query/project/%zz"])(
    "of %s carries the request's ID and what it cost",
    async (path) => {
      const { headers } = await service.request(path, { headers: await asReader() });
      expect(headers.get("X-Request-Id")).toMatch(/^[\w-]+$/);
      expect(headers.get("Server-Timing")).toMatch(/^d1;dur=.*d1-queries;desc="\d".*d1-rows-read;.*d1-rows-written;/);
    },
  );

  it("has no Server-Timing header unless SERVER_TIMING is true", async () => {
    const response = await aService({ SERVER_TIMING: "" }).request("/health");
    expect(response.headers.get("Server-Timing")).toBeNull();
  });
});

describe("a problem", () => {
  it.each([
    [400, "/api/v1/events/query/?page_size=0", {}],
    [401, "/api/v1/events/query/", { Authorization: "" }],
    [403, "/api/v1/events/subscriptions/project/other/", {}],
    [404, "/api/v1/events/999999", {}],
    [404, "/nowhere", {}],
    [405, "/internal/create-event", {}],
    [406, "/api/v1/events/query/", { Accept: "image/png" }],
    [400, "/api/v1/events/query/?limit=0", { Accept: "text/csv" }],
    [400, "/api/v1/events/query/?page_from=1", { Accept: "text/event-stream" }],
  ])("%i at %s is kept by no cache", async (status, path, headers) => {
    const response = await service.request(path, { headers: { ...(await asReader()), ...headers } });
    expect((await problemOf(response)).status).toBe(status);
    expect(response.headers.get("Cache-Control")).toBe("private, no-store");
  });

  it("is not cached if the service or a body is at fault", async () => {
    const misconfigured = await aService({ SERVER_TIMING: "perhaps" }).request("/health");
    const untyped = await service.record("{}", { "Content-Type": "text/plain" });
    for (const [response, status] of [
      [misconfigured, 500],
      [untyped, 415],
    ] as const) {
      expect((await problemOf(response)).status).toBe(status);
      expect(response.headers.get("Cache-Control")).toBe("private, no-store");
    }
  });

  it("stays short if an unknown key is as long as a body", async () => {
    const key = "k".repeat(500_000);
    for (const body of [`{"type":"ADD_BUILD","${key}":1}`, `{"${key}a":1,"${key}a":1}`]) {
      const response = await service.record(body);
      expect((await response.clone().text()).length).toBeLessThan(2_000);
      expect(await problemOf(response)).toMatchObject({
        status: 400,
        errors: [{ path: expect.stringMatching(/^k+…k+a?$/) }],
      });
    }
  });
});

describe("the service refuses", () => {
  it.each([
    "/nowhere",
    "/api",
    "/api/v1/events/query/nowhere/x/y/z",
    "/internal",
    "/api/v1/events/query/inventory/a/b/c/d",
  ])("the unknown path %s", async (path) => {
    expect((await problemOf(await service.request(path, { headers: await asReader() }))).status).toBe(404);
  });

  it.each([
    ["DELETE", "/api/v1/events/query/", "GET, HEAD"],
    ["POST", "/api/v1/events/1", "GET, HEAD"],
    ["GET", "/internal/create-event", "POST"],
    ["POST", "/api/v1/events/subscriptions/project/shop/", "GET, HEAD, PUT"],
    ["OPTIONS", "/health", "GET, HEAD"],
  ])("%s on %s, and names what it takes", async (method, path, allow) => {
    const response = await service.request(path, { method });
    expect(response.headers.get("Allow")).toBe(allow);
    expect((await problemOf(response)).status).toBe(405);
  });
});

describe("a broken database", () => {
  const broken = (message: string) =>
    aService({
      DB: {
        withSession: () => ({
          prepare: () => ({ bind: () => brokenStatement(message), run: () => fail(message), all: () => fail(message) }),
          batch: () => fail(message),
          getBookmark: () => null,
        }),
      } as unknown as D1Database,
    });
  const fail = (message: string) => Promise.reject(new Error(message));
  const brokenStatement = (message: string) => ({ all: () => fail(message), run: () => fail(message) });

  it("is a 503 of /health", async () => {
    expect((await problemOf(await broken("D1_ERROR: gone").request("/health"))).status).toBe(503);
  });

  it.each([
    "/api/v1/events/query/",
    "/api/v1/events/subscriptions/project/shop",
    "/api/v1/events/subscriptions/project/shop/1/secret",
    "/api/v1/events/deliveries/1",
  ])("that is overloaded asks to come back later: %s", async (path) => {
    const overloaded = broken("D1 DB is overloaded. Requests queued for too long.");
    const response = await overloaded.request(path, { headers: await asReader() });
    expect(response.headers.get("Retry-After")).toMatch(/^\d+$/);
    expect((await problemOf(response)).status).toBe(503);
  });

  it("is logged by what it says, without parameters", async () => {
    const log = vi.spyOn(console, "log");
    await broken("D1_ERROR: gone").request("/api/v1/events/subscriptions/project/shop/1/secret", {
      headers: await asReader(),
    });
    const lines = log.mock.calls.map(([line]) => String(line)).filter((line) => line.includes("unexpected_error"));
    log.mockRestore();
    expect(lines).toEqual([expect.stringContaining('"error":"Error: D1_ERROR: gone"')]);
  });

  it("shows nothing of itself", async () => {
    const response = await broken("D1_ERROR: no such table: secrets: SQLITE_ERROR at SELECT 1").request(
      "/api/v1/events/query/",
      { headers: await asReader() },
    );
    expect(await response.clone().text()).not.toMatch(/SQL|secrets|D1/);
    expect((await problemOf(response)).status).toBe(500);
  });
});

describe("a bad variable", () => {
  const producer = {
    method: "POST",
    headers: { Authorization: "Bearer x", "Content-Type": "application/json" },
    body: "{}",
  };
  it.each([
    ["JWT_SECRET", "", "/api/v1/events/query/"],
    ["JWT_SECRET", "short-secret", "/api/v1/events/query/"],
    ["SERVER_TIMING", "yes-please", "/health"],
  ] as const)("%s %j is a 500 that names it, never its value, where it is needed", async (name, value, path) => {
    const response = await aService({ [name]: value }).request(path, { headers: await asReader() });
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status: 500, detail: expect.stringContaining(name) });
    if (value !== "") expect(JSON.stringify(problem)).not.toContain(value);
  });

  it.each([
    ["JWT_SECRET", "31-bytes-of-a-secret-are-not-ok"],
    ["JWKS_URL", "http://issuer.example/keys"],
    ["INTERNAL_TOKEN", " , "],
    ["ALLOWED_ORIGINS", "https://app.example.com/path"],
    ["PUBLIC_URL", "tidings.example"],
    ["RETRY_SCHEDULE", "banana"],
    ["RETRY_SCHEDULE", ","],
    ["DELIVERY_TIMEOUT_SECONDS", "61"],
    ["DELIVERY_RETENTION_DAYS", "for ever"],
    ["LOG_KEY", "localhost/log"],
    ["LOG_KEY", "PRIVATE+KEY+one.example/log+00000000+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"],
    ["LOG_ACCESS", "everyone"],
    ["LOG_WITNESSES", "https://witness.example"],
    ["ALLOW_LOCAL_DESTINATIONS", "yes"],
    ["SERVER_TIMING", "TRUE"],
  ] as const)("%s %j is a 500 of /health that names it, never its value", async (name, value) => {
    const problem = await problemOf(await aService({ [name]: value }).request("/health"));
    expect(problem).toMatchObject({ status: 500, type: "urn:tidings:problem:misconfigured" });
    expect(problem.detail).toMatch(new RegExp(`^The variable ${name} must `));
    if (value !== ",") expect(problem.detail).not.toContain(value);
  });

  it("is the first of several that /health names", async () => {
    const problem = await problemOf(await aService({ RETRY_SCHEDULE: "x", INTERNAL_TOKEN: "" }).request("/health"));
    expect(problem.detail).toContain("INTERNAL_TOKEN");
  });

  it.each([
    [{ JWT_SECRET: "", JWKS_URL: "" }, 500],
    [{ JWT_SECRET: "", JWKS_URL: "https://issuer.example/keys" }, 200],
    [{ JWKS_URL: "" }, 200],
  ])("is none of the two ways to verify tokens, if there is the other: %j", async (bindings, status) => {
    expect((await aService(bindings).request("/health")).status).toBe(status);
  });

  it("that wrangler.toml sets to a number or a switch is named, and not taken for the default", async () => {
    for (const value of [0, 5, false, { a: 1 }]) {
      const bindings = { DELIVERY_TIMEOUT_SECONDS: value } as unknown as Partial<Env>;
      const problem = await problemOf(await aService(bindings).request("/health"));
      expect(problem.detail).toBe("The variable DELIVERY_TIMEOUT_SECONDS must be a string, in quotes.");
    }
  });

  it.each(["DB", "DELIVERIES", "RETRIES", "LOG", "STREAMS"] as const)(
    "includes a binding that is missing: %s",
    async (name) => {
      const bindings = { [name]: undefined } as unknown as Partial<Env>;
      const problem = await problemOf(await aService(bindings).request("/health"));
      expect(problem).toMatchObject({ status: 500, detail: expect.stringContaining(`The variable ${name} must `) });
    },
  );

  it("stops the deliveries, and /health reports it although other requests succeed", async () => {
    const misconfigured = aService({ RETRY_SCHEDULE: "banana" });
    expect((await misconfigured.record({ type: "ADD_BUILD" })).status).toBe(200);
    expect((await misconfigured.list("")).status).toBe(200);
    expect((await misconfigured.request("/health")).status).toBe(500);
  });

  it.each(["", " , "])("INTERNAL_TOKEN %j stops producers, and readers go on", async (value) => {
    const misconfigured = aService({ INTERNAL_TOKEN: value });
    const problem = await problemOf(await misconfigured.request("/internal/create-event", producer));
    expect(problem).toMatchObject({ status: 500, detail: expect.stringContaining("INTERNAL_TOKEN") });
    expect((await misconfigured.list("")).status).toBe(200);
  });
});

describe("CORS", () => {
  const allowing = aService({ ALLOWED_ORIGINS: "https://app.example.com, https://b.example.com" });
  const corsHeaders = ({ headers }: Response) =>
    [...headers.keys()].filter((name) => name.startsWith("access-control-"));

  it.each(["https://evil.example.com", "https://app.example.com.evil.com", "null", "http://app.example.com"])(
    "gives %s no header at all",
    async (Origin) => {
      for (const method of ["GET", "OPTIONS"]) {
        expect(corsHeaders(await allowing.request("/api/v1/events/query/", { method, headers: { Origin } }))).toEqual(
          [],
        );
      }
    },
  );

  it("lets a named origin read and preflight, and never with cookies", async () => {
    const Origin = "https://b.example.com";
    const response = await allowing.request("/api/v1/events/query/", { headers: { Origin, ...(await asReader()) } });
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(Origin);
    expect(response.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    expect(response.headers.get("Access-Control-Expose-Headers")).toContain("Location");
    expect(response.headers.get("Vary")).toContain("Origin");
    expect(response.headers.get("Vary")).toContain("Authorization");
    const preflight = await allowing.request("/api/v1/events/query/", {
      method: "OPTIONS",
      headers: { Origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("Access-Control-Allow-Headers")?.toLowerCase()).toContain("authorization");
  });

  describe("has Vary: Origin for a listing, also if the request has no Origin:", () => {
    const LISTING = "/api/v1/events/query/";
    const variesBy = ({ headers }: Response) => (headers.get("Vary") ?? "").split(/\s*,\s*/);

    async function ask(path: string, headers: Record<string, string>, method = "GET"): Promise<Response> {
      const response = await allowing.request(path, { method, headers: { ...(await asReader()), ...headers } });
      await response.body?.cancel();
      return response;
    }

    it.each<[string, string, Record<string, string>, number, string?]>([
      ["a page", LISTING, {}, 200],
      ["a page of CloudEvents", LISTING, { Accept: "application/cloudevents-batch+json" }, 200],
      ["a download of lines", LISTING, { Accept: "application/x-ndjson" }, 200],
      ["a download of CSV", LISTING, { Accept: "text/csv" }, 200],
      ["a live stream", LISTING, { Accept: "text/event-stream" }, 200],
      ["a scoped listing", `${LISTING}project/shop/live/deployment?deployment=api`, {}, 200],
      ["a 304", LISTING, { "If-None-Match": "*" }, 304],
      ["HEAD", LISTING, {}, 200, "HEAD"],
      ["HEAD of a stream", LISTING, { Accept: "text/event-stream" }, 200, "HEAD"],
      ["a bad parameter", `${LISTING}?page_size=0`, {}, 400],
      ["a bad token", LISTING, { Authorization: "Bearer x" }, 401],
      ["another method", LISTING, {}, 405, "POST"],
      ["an unasked form", LISTING, { Accept: "image/png" }, 406],
    ])("%s", async (_, path, headers, status, method) => {
      for (const Origin of ["https://b.example.com", "https://evil.example.com", undefined]) {
        const response = await ask(path, { ...headers, ...(Origin && { Origin }) }, method);
        expect(response.status).toBe(status);
        expect(variesBy(response).filter((name) => name === "Origin")).toEqual(["Origin"]);
        const isNamed = Origin === "https://b.example.com";
        expect(response.headers.get("Access-Control-Allow-Origin")).toBe(isNamed ? Origin : null);
      }
    });

    it("and of its own dependencies none is lost", async () => {
      const own = ["Accept", "Authorization", "X-Escape-Token", "Cookie"];
      expect(variesBy(await ask(LISTING, {}))).toEqual([...own, "Origin"]);
    });
  });

  it("is nowhere when no origin is named", async () => {
    const response = await service.request("/api/v1/events/query/", { headers: { Origin: "https://app.example.com" } });
    expect(corsHeaders(response)).toEqual([]);
    expect(response.headers.get("Vary") ?? "").not.toContain("Origin");
  });
});

it("checks its own D1 in /health", async () => {
  const response = await service.request("/health/");
  expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
});
