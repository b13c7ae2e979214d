import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../../src/context.ts";
import { moveHistory } from "../../../src/domain/moving/move-history.ts";
import { sweep } from "../../../src/domain/sweep.ts";
import { listViolations, readArchive, wholeHistory } from "../../support/archive.ts";
import { everythingInBucket } from "../../support/bucket.ts";
import { aMovingContext, moveAllHistory, smallSegments } from "../../support/moved-history.ts";
import { forgetEverything } from "../../support/tables.ts";
import { contextOf, counts, recordHistory } from "./moved-world.ts";

beforeEach(forgetEverything);

describe("a move", () => {
  it("leaves the whole history where readers find it, byte for byte", async () => {
    const [first = 0] = await recordHistory(1_000);
    const before = await wholeHistory();
    await moveAllHistory({ segmentEvents: 512 });
    expect(await wholeHistory()).toEqual(before);
    expect(await counts()).toMatchObject({ events: 488, archive_segments: 1, archive_move: 0 });
    const [segment] = await readArchive();
    expect(segment?.manifest).toMatchObject({
      format: "tidings/segment/v1",
      first_event_id: first,
      last_event_id: first + 511,
      events: 512,
      erased: 0,
      bundle_events: 256,
      runs: [[first, 0]],
      log_first_index: null,
    });
  });

  it("takes the oldest events first, segment by segment, and leaves less than a segment", async () => {
    const ids = await recordHistory(1_100);
    const before = await wholeHistory();
    await moveAllHistory({ segmentEvents: 256 });
    expect(await wholeHistory()).toEqual(before);
    const segments = await env.DB.prepare("SELECT * FROM archive_segments ORDER BY first_event_id").all();
    expect(
      segments.results.map(({ first_event_id, last_event_id, events }) => [first_event_id, last_event_id, events]),
    ).toEqual([0, 256, 512, 768].map((start) => [ids[start], ids[start + 255], 256]));
    expect(await counts()).toMatchObject({ events: 76 });
    expect(await moveHistory(aMovingContext(), smallSegments())).toBe(false);
  });

  it.each([0, 4, 1_000])(
    "describes lists of more than %i events in the directory, and leaves the others in D1",
    async (keepUpTo) => {
      await recordHistory(600);
      const before = await wholeHistory();
      await moveAllHistory({ segmentEvents: 256, keepUpTo });
      expect(await wholeHistory()).toEqual(before);
      expect(await listViolations(await boundary(), keepUpTo, { isDone: true })).toEqual([]);
      const { archive_directory: rows, feed_entries: entries } = await counts();
      expect({ hasRows: rows !== 0, hasMoreEntries: (entries ?? 0) > 600 }).toEqual(
        {
          0: { hasRows: true, hasMoreEntries: false },
          4: { hasRows: true, hasMoreEntries: true },
          1000: { hasRows: false, hasMoreEntries: true },
        }[keepUpTo],
      );
    },
  );

  it("keeps skipped IDs in the runs", async () => {
    const start = await recordHistory(200);
    await env.DB.prepare("UPDATE sqlite_sequence SET seq = seq + 1000 WHERE name = 'events'").run();
    const later = await recordHistory(100);
    const before = await wholeHistory();
    await moveAllHistory({ segmentEvents: 256 });
    expect(await wholeHistory()).toEqual(before);
    const runs = await env.DB.prepare("SELECT runs FROM archive_segments").first<string>("runs");
    expect(JSON.parse(runs ?? "")).toEqual([
      [start[0], 0],
      [later[0], 200],
    ]);
  });

  it("keeps an erased event erased", async () => {
    const [, second = 0] = await recordHistory(256);
    await env.DB.prepare("UPDATE events SET opening = NULL WHERE id = ?1").bind(second).run();
    await moveAllHistory({ segmentEvents: 256 });
    const [segment] = await readArchive();
    expect(segment?.manifest["erased"]).toBe(1);
    expect(segment?.lines[1]).toMatch(/^\{"index":null,"opening":null,"event":\{/);
    expect(segment?.lines.filter((line) => line.includes('"opening":null')).length).toBe(1);
  });

  it("ends a segment early when its events are large, but only with whole bundles and enough events", async () => {
    await recordHistory(1_024, { bytes: 1_000 });
    const sizes = { ...smallSegments(1_024), minEvents: 256, bytes: 650_000 };
    while (await moveHistory(aMovingContext(), sizes));
    const { results } = await env.DB.prepare("SELECT events FROM archive_segments ORDER BY first_event_id").all();
    expect(results).toEqual([{ events: 512 }]);
    const tiny = { ...sizes, bytes: 1 };
    while (await moveHistory(aMovingContext(), tiny));
    const again = await env.DB.prepare("SELECT events FROM archive_segments ORDER BY first_event_id").all();
    expect(again.results).toEqual([{ events: 512 }, { events: 256 }]);
  });

  it("reads large events in several queries", async () => {
    await recordHistory(256, { bytes: 30_000 });
    const before = await wholeHistory();
    await moveAllHistory({ segmentEvents: 256 });
    expect(await wholeHistory()).toEqual(before);
    expect(await counts()).toMatchObject({ events: 0, archive_segments: 1 });
  });

  it("begins only while D1 is larger than HOT_GIGABYTES, but ends in any case", async () => {
    await recordHistory(300);
    expect(await moveHistory(aMovingContext({ HOT_GIGABYTES: "" }), smallSegments())).toBe(false);
    expect(await moveHistory(aMovingContext({ HOT_GIGABYTES: "0.1" }), smallSegments())).toBe(false);
    expect(await moveHistory(aMovingContext(), { ...smallSegments(), maxSteps: 1 })).toBe(true);
    expect(await counts()).toMatchObject({ archive_move: 1, archive_segments: 0 });
    while (await moveHistory(aMovingContext({ HOT_GIGABYTES: "" }), smallSegments()));
    expect(await counts()).toMatchObject({ archive_move: 0, archive_segments: 1, events: 44 });
  });

  it("does not begin without a bucket", async () => {
    await recordHistory(300);
    expect(await moveHistory(aMovingContext({}, { archive: undefined }), smallSegments())).toBe(false);
    expect(await counts()).toMatchObject({ archive_move: 0, events: 300 });
  });

  it("is a task of the sweep, for segments of the real size", async () => {
    await recordHistory(300);
    const { context, lines } = contextOf();
    await sweep(context);
    expect(lines.filter(({ event }) => event === "sweep_failed")).toEqual([]);
    expect(await counts()).toMatchObject({ archive_move: 0, events: 300 });
  });

  it("takes a limited number of queries, GETs and rows in a sweep, and goes on in the next sweep", async () => {
    await recordHistory(1_024);
    const sizes = { ...smallSegments(1_024), maxSteps: 2 };
    const costs: Context["usage"][] = [];
    for (let isMore = true; isMore;) {
      const context = aMovingContext();
      isMore = await moveHistory(context, sizes);
      costs.push(context.usage);
    }
    expect(costs.length).toBe(6); // five sweeps with at most two steps, and a last one that has nothing to do
    for (const { queries, r2Gets } of costs) {
      expect(queries).toBeLessThanOrEqual(6 + 4 * sizes.maxSteps);
      expect(r2Gets).toBeLessThanOrEqual(12);
    }
    const written = costs.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
    const { archive_directory: rows = 0, feed_entries: left = 0 } = await counts();
    const entries = (await wholeHistory()).entries.length;
    expect(written).toBeLessThanOrEqual(rows + (entries - left) + 1_024 + 5 * costs.length * sizes.maxSteps);
  });

  it("says in the log what it has moved", async () => {
    const ids = await recordHistory(256);
    const { context, lines } = contextOf();
    await moveHistory(context, smallSegments());
    const bytes = [...(await everythingInBucket()).values()].reduce((sum, object) => sum + object.byteLength, 0);
    expect(lines).toEqual([
      { event: "archive_moved", first_event_id: ids[0], last_event_id: ids.at(-1), events: 256, bytes },
    ]);
    expect(await env.DB.prepare("SELECT bytes FROM archive_segments").first("bytes")).toBe(bytes);
  });
});

async function boundary(): Promise<number> {
  return (await env.DB.prepare("SELECT boundary FROM archive_state").first<number>("boundary")) ?? 0;
}
