import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { contextFor } from "../../src/context.ts";
import { indexOfEvent } from "../../src/store/log/log-runs.ts";
import { bundlesQuery } from "../../src/store/log/bundle-rows.ts";
import { tilesQuery } from "../../src/store/log/tile-rows.ts";
import { run } from "../../src/store/query.ts";
import { readTiles } from "../../src/domain/log/read-tiles.ts";
import { tilePath, type Tile } from "../../src/tlog/tile.ts";
import { aLog, insertHistory, jumpTo } from "../domain/log/log-world.ts";

const { db } = contextFor(env, { waitUntil: () => {} });

/** Events 1–300, 1001–1500 and 2001–2010 have entries. Event 2011 has none yet. */
beforeAll(async () => {
  const log = await aLog();
  for (const [id, count] of [
    [0, 300],
    [1000, 500],
    [2000, 10],
  ] as const) {
    if (id > 0) await jumpTo(id);
    await insertHistory(count);
  }
  await log.advance();
  await insertHistory(1);
});

async function indexOf(id: number): Promise<number | null> {
  const row = await env.DB.prepare(`SELECT ${indexOfEvent("wanted.id")} AS entry_index FROM (SELECT ?1 AS id) wanted`)
    .bind(id)
    .first<{ entry_index: number | null }>();
  return row?.entry_index ?? null;
}

describe("the index of an event's entry", () => {
  it.each([
    [1, 0],
    [300, 299],
    [1001, 300],
    [1500, 799],
    [2001, 800],
    [2010, 809],
  ])("of %i is %i", async (id, index) => {
    expect(await indexOf(id)).toBe(index);
  });

  it.each([0, -1, 301, 1000, 1501, 2000, 2011, 9_007_199_254_740_991])(
    "of %i is none, because D1's tree has no such entry",
    async (id) => {
      expect(await indexOf(id)).toBeNull();
    },
  );

  it("costs a few rows, however long the log is", async () => {
    const { meta } = await env.DB.prepare(
      `SELECT ${indexOfEvent("events.id")} AS entry_index FROM events WHERE id = 1250`,
    ).all();
    expect(meta.rows_read).toBeLessThanOrEqual(6);
  });
});

describe("bundles and tiles", () => {
  it("are read with the runs that reach into each bundle, at the cost of these rows", async () => {
    const context = contextFor(env, { waitUntil: () => {} });
    const bundles = await run(bundlesQuery(context.db, [0, 1, 3, 9]));
    const runs = Object.fromEntries(
      bundles.map(({ number, runs: own }) => [number, own.map((one) => one.first_event_id)]),
    );
    expect(runs).toEqual({ 0: [1], 1: [1, 1001], 3: [1001, 2001] });
    expect(context.usage.rowsRead).toBeLessThanOrEqual(30);
    expect(bundles.map(({ entries }) => entries.length / 38)).toEqual([256, 256, 42]);
  });

  it("that are not there are left out", async () => {
    const tiles: Tile[] = [
      { level: "entries", index: 3, width: 42 },
      { level: "entries", index: 3, width: 41 },
      { level: "entries", index: 3, width: 43 },
      { level: 0, index: 2, width: 256 },
      { level: 0, index: 4, width: 1 },
      { level: 1, index: 0, width: 3 },
      { level: 1, index: 0, width: 4 },
      { level: 2, index: 0, width: 1 },
    ];
    const found = await readTiles(db, tiles);
    expect([...found.keys()]).toEqual([tiles[0], tiles[1], tiles[3], tiles[5]].map((tile) => tile && tilePath(tile)));
    expect(found.get("tile/1/000.p/3")).toHaveLength(3 * 32);
    expect(await run(tilesQuery(db, [{ level: 1, number: 1 }]))).toEqual([]);
  });

  it("are read in one round trip", async () => {
    const context = contextFor(env, { waitUntil: () => {} });
    let trips = 0;
    const batch = <Row>(statements: D1PreparedStatement[]) => ((trips += 1), context.db.batch<Row>(statements));
    await readTiles({ ...context.db, batch }, [
      { level: "entries", index: 0, width: 256 },
      { level: 1, index: 0, width: 3 },
    ]);
    expect(trips).toBe(1);
  });
});
