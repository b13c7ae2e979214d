import { beforeEach, describe, expect, it } from "vitest";
import { anEvent, aWebhook, aWorld, type World } from "../domain/deliveries/world.ts";
import { costOf } from "../support/cost.ts";
import { aService } from "../support/service.ts";
import { elementsOf, hrefsOf, linkOf, signedIn, textsOf, wordsOf } from "./browser.ts";
import { recordInEveryState } from "./record-and-deliver.ts";

const service = aService({ AUDITOR_GROUPS: "audit" });
const owner = await signedIn(service, { groups: ["project:shop:global:owner"] });
const reader = await signedIn(service, { groups: ["project:shop:global:read"] });
let world: World;

beforeEach(async () => {
  world = await aWorld({ RETRY_SCHEDULE: "5" });
});

describe("a project's deliveries", () => {
  it("are listed newest first with state, event and subscription", async () => {
    await recordInEveryState(world);
    const page = await reader.open("/projects/shop");
    expect(page.status).toBe(200);
    expect(await textsOf(page, ".state b")).toEqual(["Cancelled", "Failed", "Held", "Pending", "Delivered"]);
    expect(await textsOf(page, ".delivery > p:first-child")).toEqual(Array(5).fill("ann added a build for shop"));
    expect(await hrefsOf(page, ".delivery > p:first-child a")).toEqual(Array(5).fill("/events/1"));
    expect(await textsOf(page, ".delivery .about a")).toEqual([
      "Subscription 5",
      "Slack 4, hooks.slack.com",
      "Webhook 3, off.example.com",
      "Webhook 2, ill.example.com",
      "Webhook 1, well.example.com",
    ]);
    expect((await elementsOf(page, ".delivery .about time"))[0]?.attributes["datetime"]).toBe(
      "2026-11-23T00:00:00.000Z",
    );
  });

  it("show the reason of a failure without opening the attempts", async () => {
    await recordInEveryState(world);
    const page = await reader.open("/projects/shop");
    expect(await textsOf(page, ".reason")).toEqual(["Slack responded with invalid_blocks", "responded with 500"]);
    expect((await textsOf(page, ".state .muted")).slice(0, 3)).toEqual([
      "subscription deleted",
      "",
      "subscription disabled",
    ]);
    await world.context.db.prepare("UPDATE subscriptions SET enabled = 1").run();
    expect((await textsOf(await reader.open("/projects/shop"), ".state .muted"))[2]).toBe(
      "until the receiver recovers",
    );
  });

  it("that are pending show when they are due", async () => {
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    const dueAt = async (next: number, leaseUntil: number | null = null) => {
      const sql = "UPDATE deliveries SET next_attempt_at = ?1, lease_until = ?2";
      await world.context.db.prepare(sql).bind(next, leaseUntil).run();
      return (await textsOf(await reader.open("/projects/shop"), ".state .muted"))[0];
    };
    expect(await dueAt(Date.now() + 5.5 * 60_000)).toBe("due in 5 minutes");
    expect(await dueAt(Date.now() - 60_000)).toBe("due now");
    expect(await dueAt(Date.now() - 60_000, Date.now() + 60_000)).toBe("being sent");
    expect(await dueAt(Date.now() + 5.5 * 3_600_000, Date.now() - 60_000)).toBe("due in 5 hours");
  });

  it("hide an event that the reader may not see, but not its delivery", async () => {
    await world.subscribe(aWebhook({ allowed_groups: ["devs"] }));
    await world.record(
      anEvent({ username: "hidden-user", state_environment: "hidden-place", allowed_groups: ["devs"] }),
    );
    for (const browser of [owner, reader]) {
      const page = await browser.open("/projects/shop");
      expect(await textsOf(page, ".delivery > p:first-child")).toEqual(["Event 1"]);
      expect(await hrefsOf(page, "main a")).not.toContain("/events/1");
      expect(await page.text()).not.toMatch(/hidden-|ADD_BUILD|added a build/);
    }
    const groups = ["project:shop:global:read", "devs"];
    const insider = await (await signedIn(service, { groups })).open("/projects/shop");
    expect(await textsOf(insider, ".delivery > p:first-child")).toEqual([
      "hidden-user added a build for hidden-place of shop",
    ]);
    const audit = await (await signedIn(service, { groups: ["audit"] })).open("/projects/shop");
    expect(await hrefsOf(audit, ".delivery > p:first-child a")).toEqual(["/events/1"]);
  });

  it("need a role in the project", async () => {
    await recordInEveryState(world);
    const page = await (await signedIn(service, { groups: ["project:other:global:owner"] })).open("/projects/shop");
    expect(page.status).toBe(403);
    expect(await page.text()).not.toMatch(/example\.com|responded/);
  });

  it("cost the same, however many there are and however often each was tried", async () => {
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    const { db } = world.context;
    await db.batch([
      db.prepare(
        `INSERT INTO deliveries (event_id, subscription_id, project, state, attempts, next_attempt_at, sweep_at, created_at)
        WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        SELECT i, 1, 'shop', 'delivered', 300, 0, 0, 0 FROM n`,
      ),
      db.prepare(
        `INSERT INTO attempts (delivery_id, number, started_at, outcome)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
        SELECT deliveries.id, i, 0, 'delivered' FROM n, deliveries WHERE deliveries.id > 19950`,
      ),
    ]);
    for (const query of ["", "?state=pending", "?subscription=1", "?event=1", "?page_from=19990"]) {
      const page = await reader.open(`/projects/shop${query}`);
      const { queries, rowsRead } = costOf(page);
      expect([query, queries]).toEqual([query, 7]); // the set of subscriptions 2, their week 1, the page 1, what belongs to it 3
      expect(rowsRead).toBeLessThanOrEqual(1200);
    }
    const page = await reader.open("/projects/shop");
    expect(await textsOf(page, ".attempts summary")).toEqual(Array(20).fill("300 attempts"));
    expect((await textsOf(page, ".attempts > .muted"))[0]).toBe("280 earlier attempts not shown");
  });
});

describe("attempts", () => {
  it("are in a closed table, newest first: number, time, duration, status, outcome and reason", async () => {
    await recordInEveryState(world);
    world.elapse(5);
    await world.deliver();
    const page = await reader.open("/projects/shop?subscription=2");
    const [folded] = await elementsOf(page, "details.attempts");
    expect(folded?.attributes).not.toHaveProperty("open");
    expect(await textsOf(page, ".attempts summary")).toEqual(["2 attempts"]);
    expect(await textsOf(page, ".attempts tbody th")).toEqual(["2", "1"]);
    expect((await elementsOf(page, ".attempts time")).map(({ attributes }) => attributes["datetime"])).toEqual([
      "2026-11-23T00:00:05.000Z",
      "2026-11-23T00:00:00.000Z",
    ]);
    const [started, ...others] = await textsOf(page, ".attempts td");
    expect(started).toMatch(/^00:00:05, /);
    expect(others.slice(0, 3)).toEqual(["0 ms", "500", "Not delivered: responded with 500"]);
  });

  it("of a pending delivery end with the time of the next one", async () => {
    await recordInEveryState(world);
    await world.context.db
      .prepare("UPDATE deliveries SET next_attempt_at = ?1")
      .bind(Date.now() + 630_000)
      .run();
    const words = await wordsOf(await reader.open("/projects/shop?state=pending"));
    expect(words).toContain("The next attempt is due in 10 minutes.");
  });

  it("show the receiver's response to owners only, without its URLs' paths", async () => {
    await recordInEveryState(world);
    const toOwner = await owner.open("/projects/shop");
    expect(await textsOf(toOwner, ".receiver-response")).toContain("no such order, see https://ill.example.com");
    for (const groups of [["project:shop:global:write"], ["audit"]]) {
      const html = await (await (await signedIn(service, { groups })).open("/projects/shop")).text();
      expect(html).not.toMatch(/no such order|secret-path|services\/T|token=1/);
      expect(html).toContain("responded with 500");
    }
    expect(await (await owner.open("/projects/shop?state=pending")).text()).not.toContain("token=1");
  });

  it("cannot become markup or change the text's direction, whatever a receiver responds", async () => {
    await world.subscribe(aWebhook());
    await world.record(anEvent({ username: "</a><script>1</script>" }));
    world.answer = () => new Response("<script>alert(1)</script>\n  \u202Egnp\0\u2061", { status: 500 });
    await world.deliver();
    await world.context.db.prepare("UPDATE attempts SET reason = ?1").bind('"><img src=x>\u202E').run();
    const page = await owner.open("/projects/shop");
    expect(await elementsOf(page, "script, img, style, [style], [onload]")).toEqual([]);
    expect(await textsOf(page, ".receiver-response bdi")).toEqual([
      "<script>alert(1)</script>",
      "U+202EgnpU+0000U+2061",
    ]);
    expect(await textsOf(page, ".reason")).toEqual(['"><img src=x>U+202E']);
    expect(await textsOf(page, ".delivery > p:first-child b")).toEqual(["</a><script>1</script>", "shop"]);
  });
});

describe("the filters of deliveries", () => {
  it("are a form by state, subscription and event, and keep their values", async () => {
    await recordInEveryState(world);
    const page = await reader.open("/projects/shop?state=failed&subscription=4&event=1");
    expect(await textsOf(page, ".state b")).toEqual(["Failed"]);
    const [form] = await elementsOf(page, "form.narrowing");
    expect(form?.attributes).toMatchObject({ action: "/projects/shop#deliveries" });
    expect(form?.attributes).not.toHaveProperty("method");
    expect(await textsOf(page, "option[selected]")).toEqual(["Failed", "Slack 4, hooks.slack.com"]);
    expect((await elementsOf(page, "input[name=event]"))[0]?.attributes["value"]).toBe("1");
    expect(await linkOf(page, "Clear")).toBe("/projects/shop#deliveries");
  });

  it("show a deleted subscription by its ID", async () => {
    await recordInEveryState(world);
    const page = await reader.open("/projects/shop?subscription=5");
    expect(await textsOf(page, ".state b")).toEqual(["Cancelled"]);
    expect(await textsOf(page, "option[selected]")).toEqual(["Subscription 5"]);
  });

  it("keep the page size", async () => {
    await recordInEveryState(world);
    const page = await reader.open("/projects/shop?page_size=2");
    expect(await textsOf(page, ".state b")).toHaveLength(2);
    expect((await elementsOf(page, ".narrowing [name=page_size]"))[0]?.attributes).toMatchObject({ value: "2" });
    expect(await elementsOf(await reader.open("/projects/shop"), ".narrowing [name=page_size]")).toEqual([]);
  });

  it("that are empty count as absent", async () => {
    await recordInEveryState(world);
    const page = await reader.open("/projects/shop?state=&subscription=&event=");
    expect(await textsOf(page, ".state b")).toHaveLength(5);
    expect(await linkOf(page, "Clear")).toBeUndefined();
  });

  it.each([
    ["event=12x", "event"],
    ["state=lost", "state"],
    ["subscription=1&subscription=2", "subscription"],
    ["page_from=-1", "page_from"],
    ["page_size=101", "page_size"],
  ])("say what is wrong with %s", async (query, name) => {
    const page = await reader.open(`/projects/shop?${query}`);
    expect(page.status).toBe(400);
    const wrong = await elementsOf(page, "main [aria-invalid]");
    expect(wrong.map(({ attributes }) => attributes["name"])).toEqual([name]);
  });

  it("that match nothing link to all deliveries", async () => {
    await recordInEveryState(world);
    const page = await reader.open("/projects/shop?state=held&event=999");
    expect(await wordsOf(page)).toContain("No delivery matches these filters.");
    expect(await linkOf(page, "Show all deliveries")).toBe("/projects/shop#deliveries");
  });
});

describe("pages of deliveries", () => {
  it("lead to the oldest, each delivery once, with the filters, and back to the newest", async () => {
    await world.subscribe(aWebhook());
    await world.record(...Array.from({ length: 23 }, () => anEvent()));
    const first = await reader.open("/projects/shop?state=pending&notice=redelivered");
    expect(await textsOf(first, ".state b")).toHaveLength(20);
    const older = await linkOf(first, "Older →");
    expect(older).toBe("/projects/shop?state=pending&page_from=4#deliveries");
    const second = await reader.open(older ?? "");
    expect(await hrefsOf(second, ".delivery > p:first-child a")).toEqual(["/events/3", "/events/2", "/events/1"]);
    expect(await linkOf(second, "Older →")).toBeUndefined();
    expect(await linkOf(second, "Newest")).toBe("/projects/shop?state=pending#deliveries");
  });

  it("past the end say so and link to the newest", async () => {
    const page = await reader.open("/projects/shop?page_from=1");
    expect(await wordsOf(page)).toContain("There are no older deliveries.");
    expect(await linkOf(page, "Newest")).toBe("/projects/shop#deliveries");
  });
});

describe("a project without deliveries", () => {
  it("explains when deliveries appear", async () => {
    const bare = await reader.open("/projects/shop");
    expect(await wordsOf(bare)).toContain("No deliveries yet. They appear here when the project has a subscription");
    expect(await elementsOf(bare, "form.narrowing")).toEqual([]);
    await world.subscribe(aWebhook());
    expect(await wordsOf(await reader.open("/projects/shop"))).toContain("No deliveries yet. The next event");
  });
});
