import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../../src/context.ts";
import { describeStorage } from "../../../src/domain/archive/describe-storage.ts";
import { countEvents } from "../../../src/domain/moving/count-events.ts";
import { RETENTION } from "../../../src/domain/moving/retention.ts";
import { moveHistory } from "../../../src/domain/moving/move-history.ts";
import { sweep } from "../../../src/domain/sweep.ts";
import { DAY_MS } from "../../../src/lib/time.ts";
import { wholeHistory, type History } from "../../support/archive.ts";
import { everythingInBucket, putMissing } from "../../support/bucket.ts";
import { dyingBucket, dyingDatabase, type PointsLeft } from "../../support/dying.ts";
import { aLoggedService, KEY, stopLog } from "../../support/logged-service.ts";
import { aMovingContext, moveAllHistory, smallSegments } from "../../support/moved-history.ts";
import { everyNth } from "../../support/property-runs.ts";
import { backUp, restore } from "../../support/restore.ts";
import { forgetEverything } from "../../support/tables.ts";
import { contextOf, counts, recordHistory } from "./moved-world.ts";

const DAY_1 = Date.UTC(2026, 0, 1);

beforeEach(forgetEverything);

/** Records events on consecutive days, `perDay` on each. Returns their IDs. */
async function recordOnDays(days: number, perDay: number): Promise<number[]> {
  const ids = await recordHistory(days * perDay);
  await env.DB.prepare(
    `UPDATE events SET recorded_at = ?1 + ${DAY_MS} * floor(place / ?2)
    FROM (SELECT id AS place_id, row_number() OVER (ORDER BY id) - 1 AS place FROM events) WHERE id = place_id`,
  )
    .bind(DAY_1, perDay)
    .run();
  return ids;
}

/** A context on this day, counted from 1, with EVENT_RETENTION_DAYS = 10. */
function onDay(day: number, bindings: Partial<Env> = {}, more: Partial<Context> = {}) {
  const now = () => DAY_1 + (day - 1) * DAY_MS + 1;
  return contextOf({ EVENT_RETENTION_DAYS: "10", ...bindings }, { now, ...more });
}

async function expire(context: Context): Promise<void> {
  for (const task of Object.values(RETENTION)) await task(context);
}

/** Deletes what has expired on day 12, and dies when the points are used up. */
async function dyingSweep(points: PointsLeft): Promise<void> {
  const { context } = onDay(12, { ARCHIVE: dyingBucket(points) });
  await expire({ ...context, db: dyingDatabase(context.db, points) }).catch(() => undefined);
}

/** What is left of a history from this ID on. */
function from(id: number | undefined, { events, entries }: History): History {
  const isLeft = (other: number) => other >= (id ?? Infinity);
  return {
    events: new Map([...events].filter(([other]) => isLeft(other))),
    entries: entries.filter((entry) => isLeft(Number(entry.split(" ").at(-1)))),
  };
}

async function stateNow() {
  return env.DB.prepare("SELECT boundary, deleted_to, deleted FROM archive_state").first();
}

describe("in the archive", () => {
  it("a segment is deleted when its latest event is old enough, with its objects and rows", async () => {
    const ids = await recordOnDays(3, 256);
    const before = await wholeHistory();
    await moveAllHistory({ segmentEvents: 256, keepUpTo: 4 });
    const objects = (await everythingInBucket()).size;

    await expire(onDay(10).context);
    expect(await wholeHistory()).toEqual(before);

    const { context, lines } = onDay(11);
    await expire(context);
    expect(await wholeHistory()).toEqual(from(ids[256], before));
    expect(await stateNow()).toEqual({ boundary: ids[767], deleted_to: ids[255], deleted: 256 });
    expect((await everythingInBucket()).size).toBe((objects / 3) * 2);
    expect(lines).toEqual([{ event: "events_deleted", event_id: ids[255], events: 256 }]);
    const left = await env.DB.prepare("SELECT count(*) AS rows FROM archive_directory WHERE segment = ?1")
      .bind(ids[0])
      .first<number>("rows");
    expect(left).toBe(0);

    await expire(onDay(13).context);
    expect(await counts()).toMatchObject({ archive_segments: 0, archive_directory: 0, events: 0, feed_entries: 0 });
    expect((await everythingInBucket()).size).toBe(0);
  });

  it("many segments are deleted in one sweep, and the others in the next", async () => {
    await env.DB.batch([
      env.DB.prepare("INSERT INTO archive_state (id, boundary) VALUES (1, 1200)"),
      env.DB.prepare(
        `WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 11)
        INSERT INTO archive_segments SELECT n * 100 + 1, n * 100 + 100, 100, '[]', 1, ${DAY_1} FROM n`,
      ),
    ]);
    await expire(onDay(100).context);
    expect(await counts()).toMatchObject({ archive_segments: 2 });
    await expire(onDay(100).context);
    expect(await counts()).toMatchObject({ archive_segments: 0 });
    expect(await stateNow()).toEqual({ boundary: 1200, deleted_to: 1200, deleted: 1200 });
  });

  it("an expired segment is hidden while the bucket does not respond, and deleted when it responds again", async () => {
    const ids = await recordOnDays(2, 256);
    await moveAllHistory({ segmentEvents: 256, keepUpTo: 4 });
    const { context } = onDay(11);
    const away = { ...context.archive, deleteSegment: () => Promise.reject(new Error("R2 is away")) };
    await expect(RETENTION.expire_segments({ ...context, archive: away as Context["archive"] })).rejects.toThrow(
      "away",
    );
    expect(await stateNow()).toMatchObject({ deleted_to: ids[255], deleted: 256 });
    expect(await counts()).toMatchObject({ archive_segments: 2 });
    await expire(context);
    expect(await stateNow()).toMatchObject({ deleted_to: ids[255], deleted: 256 });
    expect(await counts()).toMatchObject({ archive_segments: 1 });
  });

  it("an old event of D1 waits for the segments before it", async () => {
    const ids = await recordOnDays(3, 256);
    await moveAllHistory({ segmentEvents: 512 });
    await env.DB.prepare("UPDATE archive_segments SET recorded_to = ?1")
      .bind(DAY_1 + 90 * DAY_MS)
      .run();
    await expire(onDay(50).context);
    expect(await counts()).toMatchObject({ archive_segments: 1, events: 256 });
    await expire(onDay(200).context);
    expect(await stateNow()).toMatchObject({ boundary: ids.at(-1), deleted_to: ids.at(-1), deleted: 768 });
    expect(await counts()).toMatchObject({ archive_segments: 0, events: 0, feed_entries: 0, archive_directory: 0 });
  });
});

describe("in D1", () => {
  it("events are deleted as they become old, with their openings and entries", async () => {
    const ids = await recordOnDays(4, 30);
    const before = await wholeHistory();
    for (const [day, index] of [
      [10, 0],
      [11, 30],
      [12, 60],
      [13, 90],
      [14, 120],
    ] as const) {
      await expire(onDay(day).context);
      expect(await wholeHistory()).toEqual(from(ids[index], before));
      expect(await counts()).toMatchObject({ events: 120 - index });
    }
    expect(await counts()).toMatchObject({ events: 0, feed_entries: 0 });
    expect(await stateNow()).toEqual({ boundary: ids[119], deleted_to: ids[119], deleted: 120 });
  });

  it("no event is deleted while an event with a lower ID is not old enough", async () => {
    const ids = await recordOnDays(1, 30);
    await env.DB.prepare("UPDATE events SET recorded_at = ?1 WHERE id = ?2")
      .bind(DAY_1 + 5 * DAY_MS, ids[20])
      .run();
    await expire(onDay(11).context);
    expect(await stateNow()).toEqual({ boundary: ids[19], deleted_to: ids[19], deleted: 20 });
    await expire(onDay(16).context);
    expect(await stateNow()).toMatchObject({ deleted_to: ids[29], deleted: 30 });
  });

  it("nothing is deleted while a segment is being moved", async () => {
    await recordOnDays(1, 300);
    await moveHistory(aMovingContext(), { ...smallSegments(), maxSteps: 1 });
    expect(await counts()).toMatchObject({ archive_move: 1 });
    await expire(onDay(50).context);
    expect(await counts()).toMatchObject({ events: 300 });
    await moveAllHistory();
    await expire(onDay(50).context);
    expect(await counts()).toMatchObject({ events: 0, archive_segments: 0, feed_entries: 0, archive_directory: 0 });
  });

  it("a long history is deleted in steps, and each sweep does a limited number of them", async () => {
    const ids = await recordHistory(100);
    await env.DB.prepare(
      `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 24900)
      INSERT INTO events (type, timestamp, recorded_at, json) SELECT 'ADD_BUILD', '1', 0, '{}' FROM n`,
    ).run();
    await env.DB.prepare("UPDATE events SET recorded_at = 0").run();
    const first = onDay(50);
    await expire(first.context);
    expect(await counts()).toMatchObject({ events: 5_000 });
    expect(first.lines).toEqual([{ event: "events_deleted", event_id: (ids[0] ?? 0) + 19_999, events: 20_000 }]);
    await expire(onDay(50).context);
    expect(await counts()).toMatchObject({ events: 0, feed_entries: 0 });
  });

  it("a sweep with nothing to delete reads a few rows and writes none", async () => {
    await recordOnDays(1, 300);
    for (const day of [5, 11, 11]) {
      const { context } = onDay(day);
      await expire(context);
      if (day === 5) expect(context.usage).toMatchObject({ rowsWritten: 0 });
    }
    const { context } = onDay(11);
    await expire(context);
    expect(context.usage).toMatchObject({ rowsWritten: 0 });
    expect(context.usage.rowsRead).toBeLessThanOrEqual(40);
  });
});

describe("the log", () => {
  it("must have a checkpoint of the events before they are deleted, unless it is stopped", async () => {
    const service = aLoggedService();
    await recordOnDays(1, 20);
    await service.sweep();
    await recordHistory(20);
    await env.DB.prepare("UPDATE events SET recorded_at = ?1").bind(DAY_1).run();
    const logged = { LOG_KEY: KEY.privateKey };
    await expire(onDay(50, logged).context);
    expect(await counts()).toMatchObject({ events: 20 });
    await stopLog();
    await expire(onDay(50, logged).context);
    expect(await counts()).toMatchObject({ events: 0 });
  });
});

describe("EVENT_RETENTION_DAYS", () => {
  it("deletes nothing if it is not set", async () => {
    await recordOnDays(1, 300);
    await moveAllHistory();
    await expire(onDay(40_000, { EVENT_RETENTION_DAYS: "" }).context);
    expect(await counts()).toMatchObject({ events: 44, archive_segments: 1 });
  });

  it("deletes nothing if it is wrong, and the sweep names it", async () => {
    await recordOnDays(1, 300);
    const { context, lines } = onDay(50, { EVENT_RETENTION_DAYS: "36501" });
    await sweep(context);
    const failed = lines.filter(({ event }) => event === "sweep_failed");
    expect(failed).toEqual([
      { event: "sweep_failed", task: "expire_events", error: expect.stringContaining("EVENT_RETENTION_DAYS") },
    ]);
  });

  it("leaves the figures right", async () => {
    await recordOnDays(2, 300);
    await countEvents(aMovingContext());
    await expire(onDay(11).context);
    await recordHistory(5);
    const figures = () => describeStorage(aMovingContext());
    expect(await figures()).toMatchObject({ recorded: 605, deleted: 300, inDatabase: 305 });
    await countEvents(aMovingContext());
    expect(await figures()).toMatchObject({ recorded: 605, deleted: 300, inDatabase: 305 });
  });
});

describe("a sweep that dies", () => {
  it("at any call leaves each event either visible or hidden, and the next sweep goes on", async () => {
    const ids = await recordOnDays(3, 256);
    const before = await wholeHistory();
    await moveAllHistory({ segmentEvents: 256, keepUpTo: 4, sweeps: 2 });
    await backUp();
    const objects = await everythingInBucket();
    const all = { left: Number.MAX_SAFE_INTEGER };
    await dyingSweep(all);
    for (const dies of everyNth(
      Array.from({ length: Number.MAX_SAFE_INTEGER - all.left }, (_, point) => point),
      5,
    )) {
      await restore();
      await putMissing(objects);
      await dyingSweep({ left: dies });
      const deletedTo = Number((await stateNow())?.["deleted_to"]);
      expect([0, ids[255], ids[511]]).toContain(deletedTo);
      const state = await wholeHistory();
      for (const id of ids.filter((other) => other > deletedTo)) {
        expect(state.events.get(id)).toEqual(before.events.get(id));
      }
      await expire(onDay(12).context);
      expect(await wholeHistory()).toEqual(from(ids[512], before));
      expect(await stateNow()).toMatchObject({ deleted_to: ids[511], deleted: 512 });
      expect(await counts()).toMatchObject({ archive_segments: 0, events: 256, archive_directory: 0 });
    }
  });
});
