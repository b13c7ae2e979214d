import { describe, expect, it } from "vitest";
import { SWAGGER_UI } from "../../src/console/assets/browser-scripts.ts";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { aBrowser, elementsOf, linkOf, signedIn, wordsOf } from "./browser.ts";

const service = aService();
const stranger = aBrowser(service);
const reader = await signedIn(service);

/** The URLs of the page's style sheets and scripts. */
async function madeOf(page: Response): Promise<string[]> {
  const parts = [...(await elementsOf(page, "head link")), ...(await elementsOf(page, "script"))];
  return parts.map(({ attributes }) => attributes["href"] ?? attributes["src"] ?? "");
}

describe("the reference", () => {
  it.each(["/docs", "/docs/"])("is public: %s", async (path) => {
    const page = await stranger.open(path);
    expect(page.status).toBe(200);
    expect(await linkOf(page, "Tidings")).toBe("/");
    expect(await linkOf(page, "openapi.json")).toBe("/openapi.json");
    expect(await elementsOf(page, "header nav a")).toEqual([]);
  });

  it("has the navigation for a visitor who is signed in", async () => {
    const page = await reader.open("/docs");
    expect(await linkOf(page, "Everything")).toBe("/");
    expect(await wordsOf(page)).toContain("You can try out GET operations; they run with your session.");
    expect(page.headers.get("Cache-Control")).toBe("private, no-store");
  });

  it("is public also with a token that is not accepted", async () => {
    const page = await aBrowser(service, "not-a-token").open("/docs");
    expect(page.status).toBe(200);
    expect(await wordsOf(page)).not.toContain("Signed in");
  });

  it("explains what to do without JavaScript", async () => {
    const [words] = await elementsOf(await stranger.open("/docs"), "noscript");
    expect(words?.text).toContain("This page needs JavaScript.");
  });

  it("is linked on every page", async () => {
    expect(await linkOf(await stranger.open("/sign-in"), "API reference")).toBe("/docs");
    expect(await linkOf(await reader.open("/"), "API reference")).toBe("/docs");
  });

  it("accepts no POST", async () => {
    const response = await reader.send("/docs", {});
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")).toContain("GET");
    const head = await service.request("/docs", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });
});

describe("the reference's policy", () => {
  it("allows our own sheets and the page's own scripts, by a new nonce for each response", async () => {
    const [page, again] = [await stranger.open("/docs/"), await stranger.open("/docs/")];
    const policy = page.headers.get("Content-Security-Policy") ?? "";
    expect(again.headers.get("Content-Security-Policy")).not.toBe(policy);
    const nonces = (await elementsOf(page, "script")).map(({ attributes }) => attributes["nonce"]);
    expect(nonces).toEqual([expect.stringMatching(/^[\w+/]{22}==$/), nonces[0]]);
    expect(new Set(policy.split("; "))).toEqual(
      new Set([
        "default-src 'none'",
        `script-src 'nonce-${nonces[0]}'`,
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ]),
    );
  });

  it("needs no exception: the page has no inline script or style", async () => {
    const page = await stranger.open("/docs");
    expect((await elementsOf(page, "script, style")).map(({ text }) => text).join("")).toBe("");
    expect(await elementsOf(page, "[style]")).toEqual([]);
  });

  it.each(["/sign-in", "/docs/nothing", SWAGGER_UI.script.url])("applies to no other path: %s", async (path) => {
    expect((await stranger.open(path)).headers.get("Content-Security-Policy")).not.toContain("script-src");
  });
});

describe("the reference's files", () => {
  it("come from this origin and are immutable", async () => {
    const addresses = await madeOf(await stranger.open("/docs"));
    expect(addresses).toEqual(expect.arrayContaining([SWAGGER_UI.script.url, SWAGGER_UI.sheet.url]));
    for (const address of addresses) {
      expect(address).toMatch(/^\/\w/);
      const part = await stranger.open(address);
      expect(part.status).toBe(200);
      expect(part.headers.get("Content-Type")).toMatch(/^(?:text\/(?:css|javascript); charset=utf-8|image\/svg\+xml)$/);
      expect(part.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
      expect(part.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(part.headers.get("X-Request-Id")).not.toBeNull();
      await part.body?.cancel();
    }
  });

  it("include Swagger UI, with its version in the URL", async () => {
    expect(SWAGGER_UI.script.url).toMatch(/-\d+\.\d+\.\d+\.js$/);
    expect(await (await stranger.open(SWAGGER_UI.script.url)).text()).toContain("SwaggerUIBundle");
    expect(await (await stranger.open(SWAGGER_UI.sheet.url)).text()).toContain(".swagger-ui");
  });

  it("are not sent again to a browser that has them", async () => {
    const ETag = (await stranger.open(SWAGGER_UI.sheet.url)).headers.get("ETag") ?? "";
    expect((await stranger.open(SWAGGER_UI.sheet.url, { "If-None-Match": ETag })).status).toBe(304);
  });

  it.each(["swagger-ui-bundle.js", "swagger-ui-bundle.js.map", "swagger-ui.css", "index.html", "package.json"])(
    "include nothing else of the package: not %s",
    async (file) => {
      for (const path of [`/${file}`, `/docs/${file}`, `/node_modules/swagger-ui-dist/${file}`]) {
        expect((await problemOf(await service.request(path))).status).toBe(404);
      }
    },
  );

  it("are a 404 page if the asset is missing", async () => {
    const ASSETS = { fetch: async () => new Response(null, { status: 404 }) } as unknown as Fetcher;
    const page = await aBrowser(aService({ ASSETS })).open(SWAGGER_UI.script.url);
    expect(page.status).toBe(404);
    expect(await wordsOf(page)).toContain("This file does not exist.");
    expect(page.headers.get("Cache-Control")).toBe("private, no-store");
  });
});
