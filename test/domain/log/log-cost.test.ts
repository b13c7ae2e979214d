import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { advanceLog } from "../../../src/domain/log/advance-log.ts";
import { aLog, insertHistory } from "./log-world.ts";

describe("the log costs", () => {
  it("three round trips and a few rows an append, however long it is", async () => {
    const log = await aLog();
    for (const history of [1_000, 69_000]) {
      await insertHistory(history);
      await log.advance();
      await insertHistory(100);
      const { queries, rowsRead, rowsWritten } = await log.costOf(advanceLog);
      expect(queries).toBeLessThanOrEqual(9);
      expect(rowsWritten).toBeLessThanOrEqual(5);
      expect(rowsRead).toBeLessThanOrEqual(4 * 100 + 25);
    }
  });

  it("three rows for a single event: the bundle, the state and its checkpoint", async () => {
    const log = await aLog();
    await insertHistory(300);
    await log.advance();
    await insertHistory(1);
    const { rowsRead, rowsWritten } = await log.costOf(advanceLog);
    expect(rowsWritten).toBe(3);
    expect(rowsRead).toBeLessThanOrEqual(24);
  });

  it("few rows for a whole step, in which no event has a row of its own", async () => {
    const log = await aLog();
    await insertHistory(2_500);
    const { rowsRead, rowsWritten } = await log.costOf(advanceLog);
    expect(rowsWritten).toBeLessThanOrEqual(10 + 8);
    expect(rowsRead).toBeLessThanOrEqual(4 * 2_500 + 60);
  });

  it("a few rows for a look that finds nothing new", async () => {
    const log = await aLog();
    await insertHistory(300);
    await log.advance();
    const { queries, rowsRead, rowsWritten } = await log.costOf(advanceLog);
    expect({ queries, rowsWritten }).toEqual({ queries: 5, rowsWritten: 0 });
    expect(rowsRead).toBeLessThanOrEqual(14);
  });

  it("no more rows for a recording than without a log, because the opening is always kept", async () => {
    const costs = [];
    for (const LOG_KEY of ["", undefined]) {
      const log = await aLog(LOG_KEY === undefined ? undefined : { LOG_KEY });
      costs.push(await log.costOf(() => log.record(...Array.from({ length: 100 }, () => ({ state_project: "shop" })))));
    }
    expect(costs[1]).toEqual(costs[0]);
  });

  // SQLite stores an opening in 33 bytes and a time of recording in 7. With these, an event takes at most 90 bytes.
  it.each([
    [37, 100],
    [100, 60],
    [2_500, 5],
  ])("at most 50 bytes an event in D1, with %i events an append", async (count, appends) => {
    const log = await aLog();
    let bytes = 0;
    for (let append = 0; append < appends; append++) {
      await insertHistory(count);
      const before = await databaseBytes();
      await log.advance();
      bytes += (await databaseBytes()) - before;
    }
    expect(bytes / (count * appends)).toBeLessThanOrEqual(50);
  });
});

async function databaseBytes(): Promise<number> {
  return (await env.DB.prepare("SELECT 1").run()).meta.size_after;
}
