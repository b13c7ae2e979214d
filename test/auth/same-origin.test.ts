import { describe, expect, it } from "vitest";
import { requireSameOrigin } from "../../src/auth/same-origin.ts";
import { configWith, refusalOf, requestWith } from "./factories.ts";

const URL_HERE = "https://tidings.example/api/v1/events/subscriptions/project/shop/";
const HERE = "https://tidings.example";

function send(headers: Record<string, string>, { method = "PUT", url = URL_HERE, PUBLIC_URL = "" } = {}) {
  requireSameOrigin(requestWith(headers, method, url), { config: configWith({ PUBLIC_URL }) });
}

describe("requireSameOrigin", () => {
  it.each([{ Origin: HERE }, { "Sec-Fetch-Site": "same-origin" }, { Origin: HERE, "Sec-Fetch-Site": "same-origin" }])(
    "accepts a change that the browser says is our own page's: %j",
    (headers) => {
      expect(() => send(headers)).not.toThrow();
    },
  );

  it.each(["GET", "HEAD"])("asks nothing of %s", (method) => {
    expect(() => send({}, { method })).not.toThrow();
    expect(() => send({ Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }, { method })).not.toThrow();
  });

  it.each(["PUT", "POST", "PATCH", "DELETE", "OPTIONS"])(
    "refuses a %s that says nothing of where it is from",
    async (method) => {
      expect(await refusalOf(() => send({}, { method }))).toMatchObject({ code: "forbidden" });
    },
  );

  it.each([
    "null",
    "",
    "https://evil.example",
    "http://tidings.example",
    "https://tidings.example:8443",
    "https://www.tidings.example",
    "https://example",
    "https://tidings.example.evil.example",
    "https://tidings.example@evil.example",
    "https://evil.example#https://tidings.example",
    "https://evil.example, https://tidings.example",
    "https://tidings.example https://evil.example",
    "https://tidings.example.",
    "//tidings.example",
    "tidings.example",
  ])("refuses the origin %j, with or without a good Sec-Fetch-Site", async (Origin) => {
    expect(await refusalOf(() => send({ Origin }))).toMatchObject({ code: "forbidden" });
    expect(await refusalOf(() => send({ Origin, "Sec-Fetch-Site": "same-origin" }))).toMatchObject({
      code: "forbidden",
    });
  });

  it.each(["cross-site", "same-site", "none", "", "same-origin, cross-site", "Same-Origin"])(
    "refuses Sec-Fetch-Site %j, with or without a good Origin",
    async (site) => {
      const headers = { "Sec-Fetch-Site": site };
      expect(await refusalOf(() => send(headers))).toMatchObject({ code: "forbidden" });
      expect(await refusalOf(() => send({ ...headers, Origin: HERE }))).toMatchObject({ code: "forbidden" });
    },
  );

  it("ignores Referer and Host", async () => {
    const headers = { Referer: URL_HERE, "X-Forwarded-Host": "tidings.example", Origin: "https://evil.example" };
    expect(await refusalOf(() => send(headers))).toMatchObject({ code: "forbidden" });
  });

  it("knows its own port, and that a default one goes unsaid", async () => {
    const url = "http://localhost:8787/x";
    expect(() => send({ Origin: "http://localhost:8787" }, { url })).not.toThrow();
    expect(await refusalOf(() => send({ Origin: "http://localhost" }, { url }))).toMatchObject({ code: "forbidden" });
    expect(() => send({ Origin: HERE }, { url: "https://tidings.example:443/x" })).not.toThrow();
  });

  it("uses PUBLIC_URL behind a proxy that hides the public address", async () => {
    const proxied = { url: "http://tidings.internal/x", PUBLIC_URL: "https://tidings.example/audit/" };
    expect(() => send({ Origin: HERE }, proxied)).not.toThrow();
    expect(await refusalOf(() => send({ Origin: "http://tidings.internal" }, proxied))).toMatchObject({
      code: "forbidden",
    });
  });
});
