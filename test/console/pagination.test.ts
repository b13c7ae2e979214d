import { beforeEach, describe, expect, it } from "vitest";
import { anEvent, someEvents } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { elementsOf, linkOf, signedIn, wordsOf } from "./browser.ts";

const service = aService();
const { record } = service;
const browser = await signedIn(service);

beforeEach(forgetEverything);

describe("pages of a feed", () => {
  const ids = async (response: Response) => (await elementsOf(response, ".entry b")).map(({ text }) => text);

  it("lead to the oldest event and back to the newest, each event once", async () => {
    await record(someEvents(7, (index) => ({ username: `e${index}` })));
    let page = await browser.open("/?page_size=3");
    const seen = [await ids(page)];
    expect(await linkOf(page, "← Newer")).toBeUndefined();
    for (let older = await linkOf(page, "Older →"); older !== undefined; older = await linkOf(page, "Older →")) {
      page = await browser.open(older);
      seen.push(await ids(page));
    }
    expect(seen).toEqual([["e6", "e5", "e4"], ["e3", "e2", "e1"], ["e0"]]);

    page = await browser.open((await linkOf(page, "← Newer")) ?? "");
    expect(await ids(page)).toEqual(["e3", "e2", "e1"]);
    const redirect = await browser.open((await linkOf(page, "← Newer")) ?? "");
    const last = redirect.status === 303 ? await browser.open(redirect.headers.get("Location") ?? "") : redirect;
    expect(await ids(last)).toEqual(["e6", "e5", "e4"]);
    expect(await linkOf(page, "Newest")).toBe("/?page_size=3");
  });

  it("keep the scope and the filters", async () => {
    await record(someEvents(3, () => ({ type: "ADD_BUILD", username: "a b", state_project: "shop" })));
    const older = await linkOf(await browser.open("/project/shop?username=a+b&type=ADD_BUILD&page_size=1"), "Older →");
    expect(older).toMatch(/^\/project\/shop\?username=a\+b&type=ADD_BUILD&page_size=1&page_from=\d+$/);
  });

  it("past the end say so and link to the newest", async () => {
    await record(anEvent());
    const page = await browser.open("/?page_from=1");
    expect(await wordsOf(page)).toContain("There are no older events.");
    expect(await linkOf(page, "Newest")).toBe("/");
  });

  it("end at an ID beyond all others", async () => {
    await record(anEvent({ username: "ann" }));
    const page = await browser.open("/?page_from=9999999999999999999");
    expect(await wordsOf(page)).toContain("ann signed up");
    expect(await linkOf(page, "← Newer")).toBeUndefined();
    const after = await browser.open("/?page_after=9999999999999999999");
    expect(after.headers.get("Location")).toBe("/");
  });

  it("stop after a thousand scanned events, with a link to continue", async () => {
    await record(anEvent({ username: "rare" }));
    for (let step = 0; step < 11; step++) await record(someEvents(100));
    const page = await browser.open("/?username=rare");
    expect(await wordsOf(page)).toContain("1,000 events scanned No event matches so far.");
    const next = await browser.open((await linkOf(page, "Continue")) ?? "");
    expect(await wordsOf(next)).toContain("rare signed up");

    const forth = await browser.open("/?username=rare&page_after=0&page_size=2");
    expect(await wordsOf(forth)).toContain("1 event matches so far");
    const end = await browser.open((await linkOf(forth, "Continue")) ?? "");
    expect(end.headers.get("Location")).toBe("/?username=rare&page_size=2");
  });
});
