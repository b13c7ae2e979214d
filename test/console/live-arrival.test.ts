import { beforeEach, describe, expect, it } from "vitest";
import { HOSTILE_NAMES } from "../support/arbitraries.ts";
import { anEvent, someEvents } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { messagesIn, textOf } from "../support/streams.ts";
import { forgetEverything } from "../support/tables.ts";
import { elementsOf, linkOf, scriptsOf, signedIn, wordsOf } from "./browser.ts";

const service = aService();
const { record } = service;
const browser = await signedIn(service);

beforeEach(forgetEverything);

async function idOf(fields: Parameters<typeof anEvent>[0]): Promise<string> {
  const { headers } = await record(anEvent(fields));
  return headers.get("Location")?.split("/").at(-1) ?? "";
}

async function streamOf(page: Response): Promise<URL> {
  const [bar] = await elementsOf(page, "#arrival");
  return new URL(bar?.attributes["data-stream"] ?? "", "https://tidings.example");
}

/** The usernames of the first `count` events on the stream that a page names. */
async function arrived(page: Response, count: number): Promise<unknown[]> {
  const stream = await streamOf(page);
  stream.searchParams.set("limit", `${count}`);
  const response = await browser.open(stream.pathname + stream.search, { Accept: "text/event-stream" });
  expect(response.status).toBe(200);
  return messagesIn(await textOf(response)).events.map(({ username }) => username);
}

describe("the newest page", () => {
  it("has an empty status with a hidden link", async () => {
    const page = await browser.open("/project/shop?username=ann");
    const [bar] = await elementsOf(page, "#arrival");
    expect(bar).toMatchObject({ text: "", attributes: { role: "status" } });
    const [link] = await elementsOf(page, "#arrival a");
    expect(link?.attributes).toEqual({ href: "/project/shop?username=ann", hidden: "" });
  });

  it("names a stream of the events since, each exactly once", async () => {
    await record([anEvent({ username: "before" }), anEvent({ username: "last before" })]);
    const page = await browser.open("/");
    await record([anEvent({ username: "first" }), anEvent({ allowed_groups: ["x"] }), anEvent({ username: "second" })]);
    expect(await arrived(page, 2)).toEqual(["first", "second"]);
  });

  it("names a stream with the same filters that begins at the newest scanned event", async () => {
    await record(anEvent({ username: "ann", type: "ADD_BUILD", timestamp: "1769851800000000000" }));
    const newest = await idOf({ username: "ben" });
    const page = await browser.open("/?type=ADD_BUILD&type=USER_SIGNUP&username=ann&since=2026-01-31T09%3A30");
    expect((await streamOf(page)).searchParams.get("page_after")).toBe(newest);
    await record([
      anEvent({ username: "ben" }),
      anEvent({ username: "ann", type: "TEAM_CREATED" }),
      anEvent({ username: "ann", timestamp: "1" }),
      anEvent({ username: "ann", data: { is: "it" } }),
    ]);
    expect(await arrived(page, 1)).toEqual(["ann"]);
  });

  it("of an empty scope names a stream from the beginning", async () => {
    await record(anEvent({ username: "elsewhere" }));
    const page = await browser.open("/project/shop");
    expect((await streamOf(page)).searchParams.get("page_after")).toBe("0");
    await record(anEvent({ username: "here", state_project: "shop" }));
    expect(await arrived(page, 1)).toEqual(["here"]);
  });

  it.each([
    ["inventory", ["inventory_project", "inventory_application", "inventory_version"]],
    ["project", ["state_project", "state_environment", "state_deployment"]],
  ])("names a place's own, whatever the place is called: %s", async (tree, fields) => {
    for (const [index, name] of HOSTILE_NAMES.filter((text) => text !== "")
      .slice(0, 60)
      .entries()) {
      const names = Object.fromEntries(fields.slice(0, (index % 3) + 1).map((field) => [field, name]));
      const page = await browser.open(`/${[tree, ...Object.values(names).map(encodeURIComponent)].join("/")}`);
      await record([anEvent({ username: "elsewhere" }), anEvent({ username: "here", ...names })]);
      expect(await arrived(page, 1), name).toEqual(["here"]);
    }
  });

  it("has a permalink to what it shows", async () => {
    await record(someEvents(3, (index) => ({ username: `e${index}`, state_project: "shop" })));
    const view = "/project/shop?page_size=2&type=USER_SIGNUP";
    const link = await linkOf(await browser.open(view), "Permalink");
    expect(link).toMatch(/^\/project\/shop\?page_size=2&type=USER_SIGNUP&page_from=\d+$/);
    await record(anEvent({ username: "later", state_project: "shop" }));
    const page = await browser.open(link ?? "");
    expect((await elementsOf(page, ".entry b:first-child")).map(({ text }) => text)).toEqual(["e2", "e1"]);
    expect(await linkOf(page, "Newest")).toBe(view);
  });
});

describe("a page with a cursor", () => {
  it.each(["/?page_from=9", "/?page_after=0&page_size=1"])("has no live stream: %s", async (path) => {
    await record(someEvents(3));
    const page = await browser.open(path);
    expect(page.status).toBe(200);
    expect(await scriptsOf(page)).toEqual([]);
    expect(await elementsOf(page, "#arrival")).toEqual([]);
    expect(await wordsOf(page)).not.toContain("Permalink");
  });
});
