import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openLogCopy, type LogCopy } from "../../../src/bucket/log-copy.ts";
import { recordEvents } from "../../../src/domain/events/record-events.ts";
import { CopyWatch } from "../../../src/domain/log/copy-watch.ts";
import { NewEvent } from "../../../src/schemas/event.ts";
import { backUp, restore } from "../../support/restore.ts";
import { aCopiedLog } from "./copied-log.ts";
import { aLog, jumpTo } from "./log-world.ts";

const copy = openLogCopy(env.ARCHIVE);
const MILLION = 1_000_000;
const MINUTE_MS = 60_000;

async function idsInD1(): Promise<number[]> {
  const { results } = await env.DB.prepare("SELECT id FROM events ORDER BY id").all<{ id: number }>();
  return results.map(({ id }) => id);
}

function counting() {
  const counts = { checkpoints: 0, tiles: 0 };
  const watched: LogCopy = {
    ...copy,
    findCheckpoint: () => ((counts.checkpoints += 1), copy.findCheckpoint()),
    findTiles: (paths) => ((counts.tiles += 1), copy.findTiles(paths)),
  };
  return { counts, watched };
}

describe("after a restore, no ID is given a second time", () => {
  it("by an isolate that has recorded what was lost, even without a log", async () => {
    const log = await aLog({ LOG_KEY: "" });
    await log.record({});
    await backUp();
    await log.record({}, {});
    await restore();
    await log.record({}, {});
    expect(await idsInD1()).toEqual([1, MILLION + 3, MILLION + 4]);
    expect(log.lines).toEqual([{ event: "ids_raised", event_id: 2 }]);
  });

  it("by a new isolate, which looks at the copy first", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await backUp();
    await log.record({}, {});
    await log.advance();
    await restore();
    log.moveToNewIsolate();
    await log.record({});
    expect(await idsInD1()).toEqual([1, MILLION + 4]);
  });

  it("by an isolate that has been idle for a minute while others recorded", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await backUp();
    const idle = log.context();
    await log.advance();
    log.moveToNewIsolate();
    await log.record({}, {});
    await log.advance();
    await restore();
    log.now += MINUTE_MS;
    await recordEvents(idle, [NewEvent.parse({ type: "ADD_BUILD" })]);
    expect(await idsInD1()).toEqual([1, MILLION + 4]);
  });

  it("nor one of a delivery: the recording is refused whole, and made again", async () => {
    const log = await aLog({ LOG_KEY: "" });
    const { db } = log.context();
    await db
      .prepare(
        `INSERT INTO subscriptions (project, type, url, allowed_groups, enabled, signing_secret, created_at)
        VALUES ('shop', 'webhook', 'https://receiver.example.com/', '[]', 1, 'whsec_', 0)`,
      )
      .run();
    const anEvent = { state_project: "shop" };
    await log.record(anEvent);
    await backUp();
    await log.record(anEvent);
    await restore();
    await log.record(anEvent);
    const { results } = await db.prepare("SELECT id, event_id FROM deliveries ORDER BY id").all();
    expect(results).toEqual([
      { id: 1, event_id: 1 },
      { id: MILLION + 2, event_id: MILLION + 3 },
    ]);
  });

  it("even if D1 has no events any more", async () => {
    const log = await aCopiedLog();
    await backUp();
    await log.record({}, {});
    await log.advance();
    await restore();
    log.moveToNewIsolate();
    await log.record({});
    expect(await idsInD1()).toEqual([MILLION + 3]);
  });
});

describe("without a restore", () => {
  it("the copy is looked at once a minute, however many events are recorded", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    const { counts, watched } = counting();
    log.moveToNewIsolate();
    log.more = { logCopy: watched };
    for (let request = 0; request < 5; request++) await log.record({});
    expect(counts).toEqual({ checkpoints: 1, tiles: 0 });
    log.now += MINUTE_MS;
    for (let request = 0; request < 5; request++) await log.record({});
    expect(counts).toEqual({ checkpoints: 2, tiles: 0 });
    expect(await idsInD1()).toHaveLength(11);
  });

  it("no ID is raised if an ID was skipped, or if a request was repeated with its key", async () => {
    const log = await aCopiedLog();
    const record = (key: string, bodyHash: string, count: number) =>
      recordEvents(
        log.context(),
        Array.from({ length: count }, () => NewEvent.parse({ type: "ADD_BUILD" })),
        { key, bodyHash },
      );
    await record("one", "body", 1);
    await record("one", "body", 1);
    await expect(record("one", "another body", 100)).rejects.toThrow("another body");
    await log.record({});
    await jumpTo(50);
    await log.record({});
    expect(await idsInD1()).toEqual([1, 2, 51]);
  });

  it("nothing is looked at without a copy", async () => {
    const log = await aLog();
    await log.record({});
    expect(await idsInD1()).toEqual([1]);
    expect(log.lines).toEqual([]);
  });
});

describe("a recording goes on", () => {
  it.each([
    ["if the bucket does not respond", () => Promise.reject(new Error("R2 is away"))],
    ["if the bucket never answers", () => new Promise<never>(() => {})],
  ])("%s", async (_what, findCheckpoint) => {
    const log = await aCopiedLog();
    log.more = { logCopy: { ...copy, findCheckpoint }, copyWatch: new CopyWatch(20) };
    await log.record({});
    expect(await idsInD1()).toEqual([1]);
    expect(log.lines).toEqual([expect.objectContaining({ event: "log_copy_failed" })]);
  });

  it.each([
    ["if the copy is of another log", "log/checkpoint"],
    ["if the copy is damaged", "log/tile/entries/000.p/2"],
  ])("%s", async (_what, path) => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await backUp();
    await log.record({});
    await log.advance();
    await restore();
    await env.ARCHIVE.put(path, "nonsense");
    log.moveToNewIsolate();
    await log.record({});
    expect(await idsInD1()).toHaveLength(2);
    expect(log.lines.at(-1)).toMatchObject({ event: "log_copy_failed" });
  });

  it("and fails as it would have if D1 fails", async () => {
    const log = await aLog();
    const { db } = log.context();
    const broken = { ...db, batch: () => Promise.reject(new Error("D1_ERROR: no such table: events")) };
    const recording = recordEvents(log.context({ db: broken }), [NewEvent.parse({ type: "ADD_BUILD" })]);
    await expect(recording).rejects.toThrow("no such table");
  });
});
