import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { anEvent } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { elementsOf, scriptsOf, signedIn, wordsOf } from "./browser.ts";

const service = aService();
const ATTACKS = [
  "<script>alert(1)</script>",
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  "</title></style></textarea><svg onload=alert(1)>",
  "javascript:alert(1)",
  "&lt;script&gt;",
  "${alert(1)}{{7*7}}",
  "]]><!--",
];

beforeEach(forgetEverything);

async function pagesShowing(value: string): Promise<Response[]> {
  const browser = await signedIn(service, { name: value, groups: [value] });
  await service.record(
    anEvent({
      type: "REDEPLOY_STATE_DEPLOYMENT",
      username: value,
      inventory_project: value,
      inventory_application: value,
      inventory_version: value,
      state_project: value,
      state_environment: value,
      state_deployment: value,
      allowed_groups: [value],
      data: { [value]: value, list: [value, { [value]: null }] },
    }),
  );
  const name = encodeURIComponent(value);
  const feed = await browser.open(`/project/${name}/${name}/${name}?username=${name}`);
  const [link] = await elementsOf(feed, ".about > a");
  const event = await browser.open(link?.attributes["href"] ?? "");
  const refused = await browser.open(`/?type=${name}`);
  const signIn = await service.request(`/sign-in?to=/${name}`, { headers: { Accept: "text/html" } });
  expect([feed.status, event.status, refused.status, signIn.status]).toEqual([200, 200, 400, 200]);
  return [feed, event, refused, signIn];
}

const [ours] = await scriptsOf(await (await signedIn(service)).open("/"));

describe("text from outside", () => {
  it.each(ATTACKS)("cannot become markup: %s", async (attack) => {
    for (const page of await pagesShowing(attack)) {
      const elements = await elementsOf(page, "*");
      for (const script of await scriptsOf(page)) expect(script).toBe(ours);
      for (const { tag, attributes } of elements) {
        expect(["img", "iframe", "object", "style", "textarea"]).not.toContain(tag);
        for (const [name, value] of Object.entries(attributes)) {
          expect(name).not.toMatch(/^on/);
          if (["href", "src", "action"].includes(name)) expect(value).toMatch(/^(?:\/(?!\/)|#|\?)/);
        }
      }
    }
  });

  it.each(ATTACKS)("is shown as it is: %s", async (attack) => {
    const [feed] = await pagesShowing(attack);
    if (feed === undefined) throw new Error("no page");
    const named = (await elementsOf(feed, ".entry p:first-child bdi")).map(({ text }) => text);
    expect(named).toEqual([attack, attack, attack, attack]);
  });

  it.each([
    ["\0a\0", "U+0000aU+0000"],
    ["\u202Egnp.exe", "U+202Egnp.exe"],
    ["a\u2066b\u200Fc", "aU+2066bU+200Fc"],
    ["a\r\nb\u2028c", "aU+000DU+000AbU+2028c"],
    ["\u200B", "U+200B"],
    ["ann\u2061", "annU+2061"],
    ["a\u00ADnn", "aU+00ADnn"],
    ["\u3164", "U+3164"],
    ["\u2800ann\uFE0F", "U+2800annU+FE0F"],
    ["ann\u00A0lee", "annU+00A0lee"],
    ["ann  lee ", "ann U+0020leeU+0020"],
    ["می\u200Cخواهم", "می\u200Cخواهم"],
    ["شركة", "شركة"],
    ["👩‍👩‍👧 🛍️", "👩‍👩‍👧 🛍️"],
  ])("and cannot be seen is named: %j", async (value, shown) => {
    for (const page of (await pagesShowing(value)).slice(0, 2)) {
      expect((await elementsOf(page, "h1 bdi, .entry p:first-child bdi")).map(({ text }) => text)).toContain(shown);
      expect(await wordsOf(page)).not.toMatch(/[\0\u202E\u2066\u200F\u2028\u200B\u2061\u00AD\u3164\u2800\u00A0]/);
    }
  });

  it("with invisible characters is spelled out beside the filter's field", async () => {
    const browser = await signedIn(service);
    const page = await browser.open(`/?username=${encodeURIComponent("ann\u2061")}`);
    const [field] = await elementsOf(page, "input[name=username]");
    expect(field?.attributes).toMatchObject({ value: "ann\u2061", "aria-describedby": "username-invisible" });
    expect((await elementsOf(page, "#username-invisible bdi"))[0]?.text).toBe("annU+2061");
    const plain = await browser.open("/?username=ann");
    expect((await elementsOf(plain, "input[name=username]"))[0]?.attributes).not.toHaveProperty("aria-describedby");
  });

  it("that is long takes one line in a list", async () => {
    await service.record([anEvent({ username: "u".repeat(255) }), anEvent({ username: "ann" })]);
    const page = await (await signedIn(service)).open("/");
    const names = await elementsOf(page, ".entry p:first-child b");
    expect(names.map(({ attributes }) => attributes["class"])).toEqual([undefined, "long"]);
  });

  it("may be as long as a name can be", async () => {
    for (const page of await pagesShowing("W".repeat(255))) expect(await page.text()).toContain("</html>");
  });
});

const NO_SCRIPT =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

describe("every page", () => {
  it.each(["/?page_from=9", "/events/1", "/sign-in", "/nowhere", "/?type=NOPE"])(
    "allows no script: %s",
    async (path) => {
      const response = await (await signedIn(service)).open(path);
      const headers = Object.fromEntries(response.headers);
      expect(headers["content-security-policy"]).toBe(NO_SCRIPT);
      expect(headers).toMatchObject({
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cache-control": "private, no-store",
      });
      expect(await elementsOf(response, "script, style, [style]")).toEqual([]);
    },
  );

  it("with live arrivals allows only that script, and connections only to this origin", async () => {
    for (const path of ["/", "/project/shop", "/inventory?username=ann"]) {
      const response = await (await signedIn(service)).open(path);
      const scripts = await scriptsOf(response);
      expect(scripts).toEqual([ours]);
      const hash = createHash("sha256")
        .update(ours ?? "")
        .digest("base64");
      expect(response.headers.get("Content-Security-Policy")).toBe(
        `${NO_SCRIPT}; script-src 'sha256-${hash}'; connect-src 'self'`,
      );
      expect(await elementsOf(response, "style, [style], script[src]")).toEqual([]);
    }
  });
});
