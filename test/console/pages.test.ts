import { beforeEach, describe, expect, it } from "vitest";
import { anEvent } from "../support/factories.ts";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { elementsOf, linkOf, signedIn, textsOf, wordsOf } from "./browser.ts";

const service = aService();
const browser = await signedIn(service, { groups: ["team"] });

beforeEach(forgetEverything);

async function idOf(fields: Parameters<typeof anEvent>[0]): Promise<string> {
  const { headers } = await service.record(anEvent(fields));
  return headers.get("Location")?.split("/").at(-1) ?? "";
}

describe("an event's page", () => {
  it("shows everything about the event", async () => {
    const id = await idOf({
      type: "ADD_BUILD",
      username: "ann",
      timestamp: "1763859600123456789",
      state_project: "shop",
      state_environment: "production",
      allowed_groups: ["team", "others"],
      data: { commit: { sha: "5f2c1d0" } },
    });
    const page = await browser.open(`/events/${id}`);
    const words = await wordsOf(page);
    for (const fact of [
      "ann added a build for production of shop",
      "2025-11-23T01:00:00.123456789Z",
      "ADD_BUILD",
      "Auditors and members of team others",
      "sha: 5f2c1d0",
      id,
    ]) {
      expect(words).toContain(fact);
    }
    const links = (await elementsOf(page, "main a")).map(({ attributes }) => attributes["href"]);
    const before = `/project/shop/production?page_from=${Number(id) + 1}`;
    expect(links).toEqual([
      before,
      "/?username=ann",
      "/project/shop",
      "/project/shop/production",
      `/api/v1/events/${id}`,
    ]);
    expect((await elementsOf(page, "title"))[0]?.text).toBe("ann added a build for production of shop · Tidings");
  });

  it("links to the events before it in the same environment", async () => {
    const place = { state_project: "shop", state_environment: "production" };
    await idOf({ ...place, username: "ben" });
    await idOf({ state_project: "shop", state_environment: "staging", username: "mia" });
    const id = await idOf({ ...place, state_deployment: "api", username: "ann" });
    await idOf({ ...place, username: "zoe" });
    const before = await linkOf(await browser.open(`/events/${id}`), "Show the events before it");
    expect(await textsOf(await browser.open(before ?? ""), ".entry > p:first-child b:first-child")).toEqual([
      "ann",
      "ben",
    ]);
  });

  it.each([
    [undefined, "Everyone who is signed in"],
    [["team"], "Auditors and members of team"],
  ])("says who could see it: %j", async (allowed_groups, words) => {
    const id = await idOf(allowed_groups === undefined ? {} : { allowed_groups });
    expect(await wordsOf(await browser.open(`/events/${id}`))).toContain(words);
  });

  it("of an event without groups is for auditors only", async () => {
    const audited = aService({ AUDITOR_GROUPS: "audit" });
    const id = await idOf({ allowed_groups: [] });
    const page = await (await signedIn(audited, { groups: ["audit"] })).open(`/events/${id}`);
    expect(await wordsOf(page)).toContain("Only auditors");
  });

  it("is a 404 for an event that the reader may not see or that does not exist", async () => {
    const hidden = await idOf({ username: "secret", allowed_groups: ["others"] });
    const pages = await Promise.all([hidden, "999999", "x", "1e3"].map((id) => browser.open(`/events/${id}`)));
    const words = await Promise.all(pages.map(wordsOf));
    for (const [index, page] of pages.entries()) {
      expect(page.status).toBe(404);
      expect(words[index]).toContain("There is no event with this ID that you may see.");
      expect(words[index]).not.toContain("secret");
    }
  });
});

describe("an error", () => {
  it("is a page for browsers and a problem for programs", async () => {
    const page = await browser.open("/nowhere");
    expect(page.status).toBe(404);
    expect(await wordsOf(page)).toContain("Page not found There is no page at this URL.");
    expect((await problemOf(await service.request("/nowhere"))).status).toBe(404);
  });

  it("keeps the navigation for a visitor who is signed in", async () => {
    const page = await browser.open("/events/999999");
    expect((await elementsOf(page, "header nav a")).map(({ text }) => text)).toEqual([
      "Everything",
      "Inventory",
      "Projects",
      "Subscriptions",
    ]);
  });

  it("of the API stays a problem for browsers too", async () => {
    expect((await problemOf(await browser.open("/api/v1/events/999999"))).status).toBe(404);
    expect((await problemOf(await browser.open("/api/nowhere"))).status).toBe(404);
    expect((await problemOf(await browser.open("/health/nowhere"))).status).toBe(404);
  });

  it("of a method names the allowed ones", async () => {
    const response = await browser.open("/sign-out");
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")).toBe("POST");
    expect(await wordsOf(response)).toContain("This path allows POST.");
  });

  it.each(["/project/%zz", "/?username=%ff"])("of a malformed URL says what is wrong: %s", async (path) => {
    const response = await browser.open(path);
    expect(response.status).toBe(400);
    expect(await wordsOf(response)).toContain("must be percent-encoded UTF-8");
  });

  it("for a bad variable names it, with the secure headers", async () => {
    const response = await (await signedIn(aService({ SERVER_TIMING: "yes" }))).open("/");
    expect(response.status).toBe(500);
    expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(await wordsOf(response)).toContain("The variable SERVER_TIMING");
  });

  it("of the database says when to try again, and nothing internal", async () => {
    const fail = () => Promise.reject(new Error("D1 DB is overloaded. Too many requests queued."));
    const statement = { bind: () => ({ all: fail, run: fail }) };
    const DB = {
      withSession: () => ({ prepare: () => statement, batch: fail, getBookmark: () => null }),
    } as unknown as D1Database;
    const visitor = await signedIn(aService({ DB }), { groups: ["project:shop:global:owner"] });
    for (const path of ["/", "/events/1", "/projects/shop", "/projects/shop/subscriptions/1"]) {
      const response = await visitor.open(path);
      expect(response.status).toBe(503);
      expect(response.headers.get("Retry-After")).toMatch(/^\d+$/);
      const words = await wordsOf(response);
      expect(words).toContain("Tidings is not available right now Try again in 5 seconds.");
      expect(words).not.toContain("D1");
    }
  });
});

describe("a URL that is refused", () => {
  const owner = { groups: ["project:shop:global:owner"] };

  it.each([
    ["/?username=keep+me&since=2026-11-25T04%3A00&until=2026-11-24T04%3A00", "until", "must not be before since"],
    ["/projects/shop?state=&event=abc&page_size=50", "event", "must be a decimal of at most 19 digits"],
    ["/?type=ADD_BUILD&type=NOPE", "type", "must be one of"],
  ])("keeps what was typed, with the error beside its field: %s", async (path, wrong, message) => {
    const page = await (await signedIn(service, owner)).open(path);
    expect(page.status).toBe(400);
    const typed = [...new URL(path, "https://tidings.example").searchParams].filter(([, value]) => value !== "");
    const fields = await elementsOf(page, "main form input");
    expect(fields.map(({ attributes: { name, value } }) => [name, value])).toEqual(typed);
    const marked = fields.filter(({ attributes }) => attributes["aria-invalid"] === "true");
    expect(marked.map(({ attributes }) => attributes["name"])).toEqual([wrong]);
    const fault = await elementsOf(page, `#${marked[0]?.attributes["aria-describedby"]}`);
    expect(fault[0]?.text).toContain(message);
  });

  it("for another reason than its query has no form", async () => {
    const page = await browser.open("/events/1?x=1");
    expect(await elementsOf(page, "main form")).toEqual([]);
  });
});

describe("the pages' files", () => {
  it("are immutable, because their URLs change with their content", async () => {
    const [sheet] = await elementsOf(await browser.open("/"), "link[rel=stylesheet]");
    const response = await service.request(sheet?.attributes["href"] ?? "");
    expect(response.headers.get("Content-Type")).toBe("text/css; charset=utf-8");
    expect(response.headers.get("Cache-Control")).toContain("immutable");
    const [link] = await elementsOf(await browser.open("/"), "link[rel=icon]");
    const icon = await service.request(link?.attributes["href"] ?? "");
    expect(link?.attributes["href"]).toMatch(/-[0-9a-f]{12}\.svg$/);
    expect(icon.headers.get("Content-Type")).toBe("image/svg+xml");
    expect(icon.headers.get("Cache-Control")).toContain("immutable");
  });

  it("have no comments", async () => {
    const [link] = await elementsOf(await browser.open("/"), "link[rel=stylesheet]");
    const sheet = await (await service.request(link?.attributes["href"] ?? "")).text();
    expect(sheet).not.toMatch(/\/\*|\*\//);
    expect(sheet).toMatch(/^:root \{.*\}$/s);
  });
});
