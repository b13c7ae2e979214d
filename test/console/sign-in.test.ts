import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { signedBySecret } from "../auth/tokens.ts";
import { aService } from "../support/service.ts";
import { tokenOf } from "../support/tokens.ts";
import { aBrowser, elementsOf, hrefsOf, signedIn, wordsOf } from "./browser.ts";

const service = aService();
const stranger = aBrowser(service);
const nowSeconds = () => Math.floor(Date.now() / 1000);
const tokenFor = (seconds: number) => signedBySecret({ sub: "ada", exp: nowSeconds() + seconds }, env.JWT_SECRET);

describe("a visitor without a session", () => {
  it("is redirected to sign in, and back afterwards", async () => {
    const response = await stranger.open("/project/shop%2Fweb?type=ADD_BUILD&username=a%20b");
    expect(response.status).toBe(303);
    const location = response.headers.get("Location") ?? "";
    expect(location).toMatch(/^\/sign-in\?to=/);
    const [to] = await elementsOf(await stranger.open(location), "input[name=to]");
    expect(to?.attributes["value"]).toBe("/project/shop%2Fweb?type=ADD_BUILD&username=a%20b");
  });

  it("gets problem+json if it is no browser", async () => {
    const response = await service.request("/");
    expect(response.status).toBe(401);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  });

  it("whose token has expired loses the cookie, gets the reason, and returns to the page", async () => {
    const late = aBrowser(service, await tokenFor(-60));
    expect((await late.open("/inventory")).headers.get("Location")).toBe("/sign-in?to=%2Finventory");
    const page = await late.open("/sign-in?to=%2Finventory");
    expect(page.headers.get("Set-Cookie")).toMatch(/^X-Escape-Token=; Max-Age=0;/);
    expect(await wordsOf(page)).toContain("The token has expired; get a new one.");
  });

  it("whose token has expired returns to the page of the form that was sent", async () => {
    const { send } = aBrowser(service, await tokenFor(-60));
    const from = "https://tidings.example/projects/shop?state=failed";
    const sent = await send("/deliveries/1/redeliver", {}, { Origin: "https://tidings.example", Referer: from });
    expect(sent.status).toBe(303);
    expect(sent.headers.get("Location")).toBe(`/sign-in?to=${encodeURIComponent("/projects/shop?state=failed")}`);
  });
});

describe("a token", () => {
  it("is kept in an HttpOnly, SameSite cookie until it expires", async () => {
    const token = await tokenFor(600);
    const response = await stranger.send("/sign-in", {
      token: ` Bearer ${token}\n`,
      to: "/inventory/P?type=ADD_BUILD",
    });
    expect(response.status).toBe(303);
    expect(response.headers.get("Location")).toBe("/inventory/P?type=ADD_BUILD");
    const [pair, ...attributes] = (response.headers.get("Set-Cookie") ?? "").split("; ");
    expect(pair).toBe(`X-Escape-Token=${token}`);
    const [maxAge, ...others] = attributes.toSorted(
      (a, b) => Number(b.startsWith("Max")) - Number(a.startsWith("Max")),
    );
    expect(Number(maxAge?.split("=")[1])).toBeGreaterThan(590);
    expect(Number(maxAge?.split("=")[1])).toBeLessThanOrEqual(600);
    expect(others.toSorted()).toEqual(["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    expect((await aBrowser(service, token).open("/")).status).toBe(200);
  });

  it.each(["http://localhost:8787", "http://127.0.0.1:8787", "http://tidings.localhost"])(
    "is kept without Secure at %s",
    async (origin) => {
      const form = { token: await tokenFor(600) };
      const response = await stranger.send(`${origin}/sign-in`, form, { Origin: origin });
      expect(response.headers.get("Set-Cookie")).not.toContain("Secure");
    },
  );

  it("is kept with Secure behind a proxy that terminates TLS", async () => {
    const proxied = "http://tidings.example/sign-in";
    const form = { token: await tokenFor(600) };
    const behind = aBrowser(aService({ PUBLIC_URL: "https://tidings.example" }));
    const answers = [
      await behind.send(proxied, form, { Origin: "https://tidings.example" }),
      await stranger.send(proxied, form, { "Sec-Fetch-Site": "same-origin" }),
    ];
    for (const response of answers) {
      expect(response.status).toBe(303);
      expect(response.headers.get("Set-Cookie")).toContain("Secure");
    }
  });

  it("is refused over http unless on loopback, and the page says why before and after it is sent", async () => {
    for (const origin of ["http://tidings.example", "http://192.0.2.7:8787", "http://localhost.example"]) {
      expect(await wordsOf(await stranger.open(`${origin}/sign-in`))).toContain("the session cookie needs https");
      const response = await stranger.send(`${origin}/sign-in`, { token: await tokenFor(600) }, { Origin: origin });
      expect(response.status).toBe(422);
      expect(response.headers.get("Set-Cookie")).toBeNull();
      expect((await elementsOf(response, "#fault"))[0]?.text).toContain("needs https");
    }
    expect(await wordsOf(await stranger.open("/sign-in"))).not.toContain("https");
  });

  it("that the browser did not keep is noticed, and the page says so", async () => {
    const sent = await stranger.send("/sign-in", { token: await tokenFor(600), to: "/inventory" });
    const Referer = "https://tidings.example/sign-in?to=%2Finventory";
    const seen = await stranger.open(sent.headers.get("Location") ?? "", { Referer });
    const page = await stranger.open(seen.headers.get("Location") ?? "");
    expect(await wordsOf(page)).toContain("this browser did not keep the cookie X-Escape-Token");
    expect((await elementsOf(page, "input[name=to]"))[0]?.attributes["value"]).toBe("/inventory");
  });

  it("of many years is kept for 400 days", async () => {
    const response = await stranger.send("/sign-in", { token: await tokenOf({}) });
    expect(response.headers.get("Set-Cookie")).toContain("Max-Age=34560000");
  });

  it.each([
    ["nothing", async () => "  ", "Enter a token."],
    ["what is no token", async () => "not-a-token", "The token is not a well-formed signed JSON Web Token."],
    [
      "one of somebody else's",
      () => signedBySecret({ sub: "ada", exp: nowSeconds() + 60 }, "x".repeat(32)),
      "The token's signature is wrong.",
    ],
    ["an expired one", () => tokenFor(-60), "The token has expired; get a new one."],
    ["one that expired within the clock's skew", () => tokenFor(-5), "The token has expired; get a new one."],
    ["one too long for a cookie", async () => "x".repeat(5000), "a cookie holds"],
  ])("that is %s is refused, with the reason beside the field", async (_, token, words) => {
    const response = await stranger.send("/sign-in", { token: await token(), to: "/inventory" });
    expect(response.status).toBe(422);
    expect(response.headers.get("Set-Cookie")).toBeNull();
    const [field] = await elementsOf(response, "#token");
    expect(field?.attributes).toMatchObject({ "aria-invalid": "true", "aria-describedby": "fault hint" });
    expect((await elementsOf(response, "#fault"))[0]?.text).toContain(words);
    expect((await elementsOf(response, "input[name=to]"))[0]?.attributes["value"]).toBe("/inventory");
  });
});

describe("the return URL", () => {
  it.each([
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/.//evil.example",
    "/x/..//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\u0000//evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/sign-in?to=/",
    "/sign-out",
    "",
  ])("is never %j", async (to) => {
    const response = await stranger.send("/sign-in", { token: await tokenFor(60), to });
    expect(response.headers.get("Location")).toBe("/");
    const proxied = { Authorization: `Bearer ${await tokenFor(60)}` };
    const seen = await stranger.open(`/sign-in?to=${encodeURIComponent(to)}`, proxied);
    expect(await hrefsOf(seen, "main a")).toEqual(["/"]);
  });
});

describe("a form", () => {
  const foreign: Record<string, string>[] = [
    {},
    { Origin: "https://evil.example" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
    { Origin: "https://tidings.example", "Sec-Fetch-Site": "cross-site" },
  ];

  it.each(foreign)("sent with %j signs no visitor in or out", async (headers) => {
    const forms = [
      await stranger.send("/sign-in", { token: await tokenFor(60) }, headers),
      await (await signedIn(service)).send("/sign-out", {}, headers),
    ];
    for (const response of forms) {
      expect(response.status).toBe(403);
      expect(response.headers.get("Set-Cookie")).toBeNull();
      expect(response.headers.get("Content-Type")).toMatch(/^text\/html/);
    }
  });

  it("of our own page needs only Sec-Fetch-Site", async () => {
    const form = { token: await tokenFor(60) };
    expect((await stranger.send("/sign-in", form, { "Sec-Fetch-Site": "same-origin" })).status).toBe(303);
  });

  it.each([
    ["multipart/form-data", "token=x"],
    ["multipart/form-data; boundary=b", '--b\r\nContent-Disposition: form-data; name="token"\r\n\r\ncut'],
    ["application/x-www-form-urlencoded; charset=utf-16", "token=x"],
  ])("that cannot be read is refused, and nothing of ours went wrong: %s", async (type, body) => {
    const headers = { Accept: "text/html", Origin: "https://tidings.example", "Content-Type": type };
    const response = await service.request("/sign-in", { method: "POST", body, headers });
    expect(response.status).toBe(400);
    expect(await wordsOf(response)).toContain("The form cannot be read.");
  });

  it("that is compressed is refused", async () => {
    const headers = { Origin: "https://tidings.example", "Content-Encoding": "gzip" };
    expect((await stranger.send("/sign-in", { token: "x" }, headers)).status).toBe(415);
  });

  it("larger than any form is refused", async () => {
    expect((await stranger.send("/sign-in", { token: "x".repeat(70_000) })).status).toBe(413);
    const endless = new Response("x".repeat(70_000)).body;
    const headers = { Origin: "https://tidings.example", "Content-Type": "application/x-www-form-urlencoded" };
    expect((await service.request("/sign-in", { method: "POST", body: endless, headers })).status).toBe(413);
  });
});

describe("a visitor who is signed in", () => {
  it("can sign out", async () => {
    const browser = await signedIn(service);
    const [form] = await elementsOf(await browser.open("/"), "form[action='/sign-out']");
    expect(form?.attributes["method"]).toBe("post");
    const response = await browser.send("/sign-out", {});
    expect(response.headers.get("Location")).toBe("/sign-in");
    expect(response.headers.get("Set-Cookie")).toBe(
      "X-Escape-Token=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
    );
  });

  it("finds a link onwards and a form for another token on the sign-in page", async () => {
    const page = await (await signedIn(service, { name: "ada" })).open("/sign-in?to=/inventory");
    expect(page.status).toBe(200);
    expect(await wordsOf(page)).toContain("You are signed in as ada");
    expect(await hrefsOf(page, "main a")).toEqual(["/inventory"]);
    expect(await elementsOf(page, "#token")).toHaveLength(1);
  });

  it("by a proxy's header cannot sign out or in, because the header has priority", async () => {
    for (const name of ["Authorization", "X-Escape-Token"]) {
      const token = await tokenFor(60);
      const headers = { [name]: name === "Authorization" ? `Bearer ${token}` : token };
      const page = await stranger.open("/", headers);
      expect(page.status).toBe(200);
      expect(await elementsOf(page, "form[action='/sign-out']")).toEqual([]);
      const signIn = await stranger.open("/sign-in?to=/inventory", headers);
      expect(await hrefsOf(signIn, "main a")).toEqual(["/inventory"]);
      expect(await elementsOf(signIn, "form")).toEqual([]);
    }
  });

  it("by a proxy's bad header gets an error, not the sign-in page, because the header has priority", async () => {
    const page = await stranger.open("/", { Authorization: "Bearer nonsense" });
    expect(page.status).toBe(401);
    expect(page.headers.get("WWW-Authenticate")).toContain("invalid_token");
    expect(await wordsOf(page)).toContain("You are not signed in");
  });
});

describe("a browser with several cookies of the name", () => {
  /** Sends the cookies with the longest path first (RFC 6265 §5.4), and keeps those that a response sets. */
  function aJar(cookies: [path: string, value: string][]) {
    const jar = new Map(cookies);
    return {
      headersFor(path: string): Record<string, string> {
        const sent = [...jar].filter(([own]) => path.startsWith(own)).toSorted(([a], [b]) => b.length - a.length);
        return sent.length === 0 ? {} : { Cookie: sent.map(([, value]) => `X-Escape-Token=${value}`).join("; ") };
      },
      take(response: Response) {
        const [, value, rest = ""] =
          /^X-Escape-Token=([^;]*)(.*)$/.exec(response.headers.get("Set-Cookie") ?? "") ?? [];
        if (value === undefined) return;
        expect(rest).toContain("; Path=/;");
        if (rest.includes("Max-Age=0;")) jar.delete("/");
        else jar.set("/", value);
      },
    };
  }

  /** Follows redirects as a browser does. Returns the last response with the number of redirects before it. */
  async function follow(jar: ReturnType<typeof aJar>, path: string, answer?: Response) {
    let [at, response, redirects] = [path, answer, 0];
    for (;;) {
      response ??= await stranger.open(at, jar.headersFor(at));
      jar.take(response);
      if (response.status !== 303) return { at, response, redirects };
      redirects += 1;
      expect(redirects, `redirects from ${path}`).toBeLessThan(5);
      [at, response] = [response.headers.get("Location") ?? "", undefined];
    }
  }

  const paths = ["/", "/project/shop", "/projects/shop/subscriptions", "/sign-in"];
  const tempers = ["none", "garbage", "expired", "good"] as const;

  it("is never redirected in a loop, whichever cookies are sent to which page", async () => {
    const values = { none: "", garbage: "garbage", expired: await tokenFor(-60), good: await tokenFor(600) };
    for (const narrow of ["/project", "/projects", "/sign-in"]) {
      for (const [own, other] of tempers.flatMap((a) => tempers.map((b) => [a, b] as const))) {
        for (const path of paths) {
          const cookies: [string, string][] = [
            [narrow, values[own]],
            ["/", values[other]],
          ];
          await follow(aJar(cookies.filter(([, value]) => value !== "")), path);
        }
      }
    }
  });

  it.each(["/project", "/sign-in", "/"])(
    "signs in and out despite a bad cookie of the path %s or of a parent domain",
    async (path) => {
      const strange = ["garbage", await tokenFor(-60)];
      for (const value of strange) {
        // A cookie of another domain is sent too, and no response of ours can delete it.
        const jar = aJar(path === "/" ? [] : [[path, value]]);
        const headersFor = (at: string) => {
          const { Cookie } = jar.headersFor(at);
          return path === "/"
            ? { Cookie: `X-Escape-Token=${value}${Cookie === undefined ? "" : `; ${Cookie}`}` }
            : jar.headersFor(at);
        };
        const both = { ...jar, headersFor };
        const asked = await follow(both, "/project");
        expect(asked.at).toBe("/sign-in?to=%2Fproject");

        const form = { token: await tokenFor(600), to: "/project" };
        const sent = await stranger.send("/sign-in", form, {
          ...headersFor("/sign-in"),
          Origin: "https://tidings.example",
        });
        const arrived = await follow(both, "/sign-in", sent);
        expect([arrived.at, arrived.response.status]).toEqual(["/project", 200]);

        const out = await stranger.send(
          "/sign-out",
          {},
          { ...headersFor("/sign-out"), Origin: "https://tidings.example" },
        );
        const left = await follow(both, "/sign-out", out);
        expect(left.at).toBe("/sign-in");
        expect(await wordsOf(left.response)).not.toContain("You are signed in");
        expect((await follow(both, "/project")).at).toBe("/sign-in?to=%2Fproject");
      }
    },
  );
});
