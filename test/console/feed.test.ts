import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { HOSTILE_NAMES } from "../support/arbitraries.ts";
import { anEvent, someEvents } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { recordsIn, linesIn, textOf } from "../support/streams.ts";
import { forgetEverything } from "../support/tables.ts";
import { elementsOf, hrefsOf, linkOf, sentUnchanged, signedIn, textsOf, wordsOf } from "./browser.ts";

const service = aService();
const { record } = service;
const browser = await signedIn(service);

beforeEach(forgetEverything);

/** The URL of a page's live stream. Pages with the same scope and filters have the same stream. */
async function streamOf(page: Response): Promise<string | undefined> {
  return (await elementsOf(page, "#arrival"))[0]?.attributes["data-stream"];
}

describe("a feed", () => {
  it("shows each event as a sentence, newest first, under its day", async () => {
    const nowNs = BigInt(Date.now()) * 1_000_000n;
    await record([
      anEvent({ type: "USER_SIGNUP", username: "ben", timestamp: "1763859600123456789" }),
      anEvent({
        type: "REDEPLOY_STATE_DEPLOYMENT",
        username: "ann",
        timestamp: `${nowNs}`,
        state_project: "shop",
        state_environment: "production",
        state_deployment: "api",
      }),
    ]);
    const page = await browser.open("/");
    expect(page.headers.get("Content-Type")).toBe("text/html; charset=UTF-8");
    const today = new Date().toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
    expect((await elementsOf(page, ".day h2")).map(({ text }) => text)).toEqual([
      `Today, ${today} UTC`,
      "Sunday, 23 November 2025 UTC",
    ]);
    const words = await wordsOf(page);
    expect(words).toContain("ann redeployed api to production of shop");
    expect(words.indexOf("ann redeployed")).toBeLessThan(words.indexOf("ben signed up"));
  });

  it("shows times relative and by the clock, and to the nanosecond on hover", async () => {
    const threeHoursAgo = BigInt(Date.now() - 3 * 3_600_000 - 1000) * 1_000_000n + 123_456n;
    await record([anEvent({ timestamp: "1763859600123456789" }), anEvent({ timestamp: `${threeHoursAgo}` })]);
    const page = await browser.open("/");
    const [near, far] = await elementsOf(page, "time");
    expect(near?.text).toBe("3 hours ago");
    expect(near?.attributes["title"]).toMatch(/123456Z$/);
    expect(far?.attributes["datetime"]).toBe("2025-11-23T01:00:00.123456789Z");
    expect(await wordsOf(page)).toMatch(/ 01:00:00, \d+ (?:months?|years?) ago /);
  });

  it("has a link to skip the filters", async () => {
    const page = await browser.open("/");
    expect(await linkOf(page, "Skip to the events")).toBe("#events");
    expect((await elementsOf(page, "#events"))[0]?.attributes).toHaveProperty("tabindex", "-1");
  });

  it("links each event to its scopes and to its own page", async () => {
    const place = { inventory_project: "P/A", inventory_application: "ä b", inventory_version: "1.0?" };
    await record(anEvent({ ...place, state_project: "shop" }));
    const links = (await elementsOf(await browser.open("/"), ".about a")).map(({ attributes }) => attributes["href"]);
    expect(links).toEqual([
      expect.stringMatching(/^\/events\/\d+$/),
      "/inventory/P%2FA",
      "/inventory/P%2FA/%C3%A4%20b",
      "/inventory/P%2FA/%C3%A4%20b/1.0%3F",
      "/project/shop",
    ]);
  });

  it("shows the events of a scope, whatever its name, and breadcrumbs", async () => {
    const names = HOSTILE_NAMES.filter((name) => name !== "").slice(0, 100);
    await record(
      names.map((name) =>
        anEvent({ state_project: name, state_environment: name, username: `of ${names.indexOf(name)}` }),
      ),
    );
    for (const name of names) {
      const page = await browser.open(`/project/${encodeURIComponent(name)}/${encodeURIComponent(name)}`);
      const users = (await elementsOf(page, ".entry p:first-child b")).map(({ text }) => text);
      expect(
        users.filter((text) => text.startsWith("of ")),
        name,
      ).toEqual([`of ${names.indexOf(name)}`]);
      const crumbs = await elementsOf(page, ".crumbs a");
      expect(crumbs.map(({ attributes }) => attributes["href"])).toEqual([
        "/",
        "/project",
        `/project/${encodeURIComponent(name)}`,
        `/project/${encodeURIComponent(name)}/${encodeURIComponent(name)}`,
      ]);
      expect(crumbs.at(-1)?.attributes["aria-current"]).toBe("page");
    }
  });

  it("shows a restricted event only to its readers", async () => {
    await record([anEvent({ username: "seen" }), anEvent({ username: "unseen", allowed_groups: ["others"] })]);
    const words = await wordsOf(await browser.open("/"));
    expect(words).toContain("seen signed up");
    expect(words).not.toContain("unseen");
    const other = await signedIn(service, { groups: ["others"] });
    expect(await wordsOf(await other.open("/"))).toContain("unseen");
  });

  it("costs one round trip, and less than 15 KB with its style sheet and icon", async () => {
    const data = { repository: "shop", commit: "5f2c1d0".repeat(5), actor: { login: "ann", id: 1 }, tags: ["a", "b"] };
    const place = { state_project: "shop", state_environment: "production", state_deployment: "api" };
    await record(someEvents(60, (index) => ({ ...place, username: `user ${index}`, data: { ...data, index } })));
    const batch = vi.spyOn(Object.getPrototypeOf(env.DB.withSession()), "batch");
    const statement = vi.spyOn(Object.getPrototypeOf(env.DB.prepare("SELECT 1")), "all");
    const page = await browser.open("/");
    expect([batch.mock.calls.length, statement.mock.calls.length]).toEqual([1, 0]);
    vi.restoreAllMocks();
    const links = (await elementsOf(page, "head link")).map(({ attributes }) => attributes["href"] ?? "");
    const parts = [page, ...(await Promise.all(links.map((link) => browser.open(link))))];
    // compressed, as Cloudflare and `wrangler dev` send it
    const compressed = parts.map(({ body }) => new Response(body?.pipeThrough(new CompressionStream("gzip"))));
    const sizes = await Promise.all(compressed.map(async (part) => (await part.arrayBuffer()).byteLength));
    expect(sizes.length).toBe(3);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(15_000);
  });

  it("shows short data digit for digit in a closed details, and links to long data", async () => {
    await record('{"type":"ADD_BUILD","data":{"n":12345678901234567890,"deep":{"list":[1.10,null,true,""]}}}');
    await record(anEvent({ data: { text: "x".repeat(5000) } }));
    const page = await browser.open("/");
    const [long, ...folded] = await elementsOf(page, ".data");
    expect(long).toMatchObject({ tag: "p", text: "Data 5 KB" });
    expect(folded[0]?.tag).toBe("details");
    expect(folded[0]?.attributes).not.toHaveProperty("open");
    const words = await wordsOf(page);
    expect(words).toContain("12345678901234567890");
    expect(words).toContain("1.10");
  });
});

describe("filters", () => {
  it("are a GET form that keeps the scope", async () => {
    await record([
      anEvent({ type: "ADD_BUILD", username: "ann", state_project: "shop", timestamp: "1769851800000000000" }),
      anEvent({ type: "USER_SIGNUP", username: "ben", state_project: "shop" }),
    ]);
    const address =
      "/project/shop?type=ADD_BUILD&type=BUILD_FINISHED_EVENT&username=ann&since=2026-01-31T09%3A30&until=2026-01-31T09%3A30%3A01.5";
    const page = await browser.open(address);
    expect(await wordsOf(page)).toContain("ann added a build");
    expect((await elementsOf(page, ".entry")).length).toBe(1);
    expect((await elementsOf(page, "form.filters"))[0]?.attributes["action"]).toBe("/project/shop");
    const fields = await elementsOf(page, "form.filters input:not([type=checkbox])");
    expect(fields.map(({ attributes }) => [attributes["name"], attributes["value"]])).toEqual([
      ["username", "ann"],
      ["since", "2026-01-31T09:30"],
      ["until", "2026-01-31T09:30:01.5"],
    ]);
    const chosen = (await elementsOf(page, "input[checked]")).map(({ attributes }) => attributes["value"]);
    expect(chosen).toEqual(["ADD_BUILD", "BUILD_FINISHED_EVENT"]);
    expect(await linkOf(page, "Clear")).toBe("/project/shop");
    const elsewhere = (await elementsOf(page, ".crumbs a")).map(({ attributes }) => attributes["href"]);
    expect(elsewhere[0]).toBe(`/${new URL(address, "https://x").search}`);
  });

  it("offer each type once", async () => {
    const values = (await elementsOf(await browser.open("/"), "input[name=type]")).map(
      ({ attributes }) => attributes["value"],
    );
    expect(values.length).toBe(28);
    expect(new Set(values).size).toBe(28);
  });

  it("have links to recent periods that keep the other filters", async () => {
    const page = await browser.open("/project/shop?username=ann&until=2025-01-01&page_from=7");
    const { searchParams, pathname } = new URL((await linkOf(page, "7 days")) ?? "", "https://x.example");
    expect(pathname).toBe("/project/shop");
    expect([...searchParams.keys()]).toEqual(["username", "since"]);
    const daysAgo = (Date.now() - Date.parse(`${searchParams.get("since")}Z`)) / 86_400_000;
    expect(daysAgo).toBeCloseTo(7, 1);
  });

  it.each([
    "since=1769862896961234567&until=1769862896961234568",
    "since=1769862896961234567&username=ann&type=ADD_BUILD&type=USER_SIGNUP&page_size=3",
    "since=2026-01-31T12:34:56.961234567Z&until=2026-01-31T12:34:56.961234568Z",
    "since=2026-01-31T13:34:56.961234567%2B01:00&until=2026-01-31T13:34:56.961234568+01:00",
    "since=2026-01-31+12:34:56.961234567&until=2026-01-31T12:35",
    "since=2026-01-31&until=2026-01-31",
    "since=0&until=9999-12-31",
    "since=1770000000000000000",
    "username=a%0Ab",
    "username=%0D%0A%00&since=2026-01-31",
    "username=+ann+%E2%80%8B",
  ])("stay what they are where the form is sent unchanged: %s", async (search) => {
    const names = ["ann", "a\nb", "\r\n\0", " ann \u200B"];
    const moments = ["6", "7", "8"].map((digit) => `176986289696123456${digit}`);
    await record(
      names.flatMap((username) =>
        moments.map((timestamp) => anEvent({ username, timestamp, type: "ADD_BUILD", state_project: "shop" })),
      ),
    );
    for (const path of ["/", "/project", "/project/shop"]) {
      const before = await browser.open(`${path}?${search}`);
      expect(before.status).toBe(200);
      const sent = await sentUnchanged(before, "form.filters");
      const after = await browser.open(sent);
      expect(await streamOf(after)).toBe(await streamOf(before));
      expect(await hrefsOf(after, ".about > a")).toEqual(await hrefsOf(before, ".about > a"));
      expect(await sentUnchanged(after, "form.filters")).toBe(sent);
    }
  });

  it("keep a time to the nanosecond when another filter changes", async () => {
    await record(["6", "7", "8"].map((digit) => anEvent({ username: digit, timestamp: `176986289696123456${digit}` })));
    const page = await browser.open("/?since=1769862896961234567&until=1769862896961234568");
    expect(await textsOf(page, ".entry p:first-child b")).toEqual(["7"]);
    const changed = new URL(await sentUnchanged(page, "form.filters"), "https://x.example");
    changed.searchParams.set("until", "2026-01-31 13:34:56.961234569+01:00");
    const further = await browser.open(`/${changed.search}`);
    expect(await textsOf(further, ".entry p:first-child b")).toEqual(["8", "7"]);
  });

  it("include a whole day, exclude the time in Until, and default to UTC", async () => {
    const times = [
      "2026-01-30T23:59:59.999Z",
      "2026-01-31T00:00:00Z",
      "2026-01-31T23:59:59.999Z",
      "2026-02-01T00:00:00Z",
    ];
    await record(times.map((time) => anEvent({ username: time, timestamp: `${Date.parse(time)}000000` })));
    const seen = async (search: string) => textsOf(await browser.open(`/?${search}`), ".entry p:first-child b");
    const [, first = "", last = ""] = times;
    expect(await seen("since=2026-01-31&until=2026-01-31")).toEqual([last, first]);
    expect(await seen("since=2026-01-31&until=2026-02-01T00:00")).toEqual([last, first]);
    expect(await seen("since=2026-01-31&until=2026-01-31+23:59:59.999")).toEqual([first]);
    expect(await seen("since=2026-01-31+00:00+UTC&until=2026-02-01T01:00%2B01:00")).toEqual([last, first]);
    expect(await seen("since=2026-01-31T00:00Z&until=2026-02-01+01:00+01:00")).toEqual([last, first]);
    for (const search of ["until=2026-02-30", "until=2026-1-31", "since=2026-01-31T25:00"]) {
      expect((await browser.open(`/?${search}`)).status, search).toBe(400);
    }
  });

  it("explain the times that they accept, also to screen readers", async () => {
    const page = await browser.open("/");
    const [hint] = await elementsOf(page, "#times-hint");
    expect(hint?.text).toContain(
      "“Until” is exclusive, but a date without a time, such as 2026-01-31, includes the whole day.",
    );
    for (const name of ["since", "until"]) {
      const [field] = await elementsOf(page, `form.filters input[name=${name}]`);
      expect(field?.attributes["aria-describedby"]).toBe("times-hint");
    }
  });

  it("keep a name that no text field can hold until it is unchecked", async () => {
    await record([anEvent({ username: "a\nb" }), anEvent({ username: "ab" })]);
    const page = await browser.open("/?username=a%0Ab");
    const [kept] = await elementsOf(page, "form.filters input[name=username_encoded]");
    expect(kept?.attributes).toMatchObject({ type: "checkbox", checked: "", value: "a%0Ab" });
    expect(await elementsOf(page, "form.filters input[name=username]")).toEqual([]);
    expect(await textsOf(page, "form.filters bdi")).toEqual(["aU+000Ab"]);
    const without = await browser.open("/?since=&until=");
    expect((await elementsOf(without, ".entry")).length).toBe(2);
    const refused = await browser.open("/?username=a%0Ab&since=yesterday");
    expect(await sentUnchanged(refused, "form.edit")).toBe("/?username_encoded=a%250Ab&since=yesterday");
  });

  it("also has a live stream when a time is later than any event can be", async () => {
    for (const search of ["until=9999-12-31", "since=2300-01-01"]) {
      const stream = await streamOf(await browser.open(`/?${search}`));
      const response = await browser.open(stream ?? "", { Accept: "text/event-stream" });
      await response.body?.cancel();
      expect(response.status, search).toBe(200);
    }
  });

  it("that are empty count as absent", async () => {
    await record(anEvent({ username: "ann" }));
    expect(await wordsOf(await browser.open("/?username=&since=&until="))).toContain("ann signed up");
  });

  it("that are invalid are reported field by field", async () => {
    const page = await browser.open("/?since=yesterday&type=NOPE&page_size=0&as=pdf");
    expect(page.status).toBe(400);
    expect(await wordsOf(page)).toContain("must be csv or ndjson");
    const words = await wordsOf(await browser.open("/?since=yesterday&page_size=0"));
    expect(words).toContain("Since (UTC) must be a time, as in 2026-01-31T09:30:00Z");
    expect(words).toContain("page_size must be from 1 to 500");
  });
});

const BYTE_ORDER_MARK = new Uint8Array([0xef, 0xbb, 0xbf]);

describe("a download", () => {
  it("is a link that keeps the scope and the filters but not the page", async () => {
    await record(someEvents(5, (index) => ({ username: index === 0 ? "ben" : "ann", state_project: "shop" })));
    const page = await browser.open("/project/shop?username=ann&page_size=1");
    const csv = await browser.open((await linkOf(page, "CSV")) ?? "");
    expect(csv.headers.get("Content-Disposition")).toContain('filename="events-state-shop.csv"');
    expect(recordsIn(await textOf(csv)).events.map(({ username }) => username)).toEqual(["ann", "ann", "ann", "ann"]);
    const ndjson = await browser.open((await linkOf(page, "NDJSON")) ?? "");
    expect(ndjson.headers.get("Content-Type")).toBe("application/x-ndjson");
    expect(linesIn(await textOf(ndjson)).events.length).toBe(4);
  });

  it("has a byte order mark for Excel; the API's CSV has none", async () => {
    await record(anEvent({ username: "Müller" }));
    const bytes = async (response: Response) => new Uint8Array(await response.arrayBuffer());
    const ofConsole = await bytes(await browser.open("/?as=csv"));
    const ofApi = await bytes(await browser.open("/api/v1/events/query/", { Accept: "text/csv" }));
    expect(ofConsole.slice(0, 3)).toEqual(BYTE_ORDER_MARK);
    expect(ofConsole.slice(3)).toEqual(ofApi);
    expect(ofApi.slice(0, 3)).not.toEqual(BYTE_ORDER_MARK);
    const ndjson = await bytes(await browser.open("/?as=ndjson"));
    expect(String.fromCharCode(ndjson[0] ?? 0)).toBe("{");
  });

  it("has the byte order mark even if it is empty", async () => {
    const bytes = new Uint8Array(await (await browser.open("/project/none?as=csv")).arrayBuffer());
    expect(bytes.slice(0, 3)).toEqual(BYTE_ORDER_MARK);
  });

  it("needs a session", async () => {
    expect((await service.request("/?as=csv")).status).toBe(401);
  });
});

describe("an empty feed", () => {
  it("shows how to record the first event", async () => {
    const page = await browser.open("/");
    expect(await wordsOf(page)).toContain("No events yet");
    expect(await linkOf(page, "Permalink")).toBeUndefined();
    const [command] = await elementsOf(page, "pre");
    expect(command?.text).toContain(
      'curl https://tidings.example/internal/create-event \\ -H "Authorization: Bearer $PRODUCER"',
    );
    const [, body = ""] = /-d '(.*)'$/.exec(command?.text ?? "") ?? [];
    expect((await record(body)).status).toBe(200);
    expect(await wordsOf(await browser.open("/"))).toContain("ada added a build for staging of shop");
  });

  it("mentions npm start only on loopback", async () => {
    const local = await browser.open("http://localhost:8787/");
    expect(await wordsOf(local)).toContain("set PRODUCER to a producer's token (npm start prints one) and run:");
    expect(await wordsOf(await browser.open("/"))).toContain("set PRODUCER to a producer's token and run:");
  });

  it("of a scope or of filters says so and links to all events", async () => {
    expect(await wordsOf(await browser.open("/project/shop"))).toContain("No events here yet");
    const page = await browser.open("/project/shop?username=nobody");
    expect(await wordsOf(page)).toContain("No event matches these filters");
    expect(await linkOf(page, "Show all events")).toBe("/project/shop");
  });
});
