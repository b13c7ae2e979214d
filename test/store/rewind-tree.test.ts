import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { rewindTree } from "../../src/store/log/rewind-tree.ts";
import { aLog, insertHistory, jumpTo } from "../domain/log/log-world.ts";
import { expectWholeLog, stateOf } from "../support/log.ts";

async function everyRow() {
  const tables = ["log_state", "log_runs", "log_bundles", "log_tiles"];
  const results = await env.DB.batch(tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`)));
  return results.map((result) => result.results);
}

async function knownState() {
  const state = await stateOf();
  if (state === null) throw new Error("there is no log");
  return state;
}

describe("a tree that is taken back to what it was", () => {
  it.each([1, 255, 256, 257, 65_536])("has the rows of the tree of %i entries, and grows again", async (size) => {
    const log = await aLog();
    await insertHistory(size - 1);
    await jumpTo(size + 5_000);
    await insertHistory(1);
    await log.advance();
    const { size: _, ...to } = { ...(await knownState()) };
    const before = await everyRow();
    await jumpTo(size + 10_000);
    await insertHistory(300);
    await log.advance();
    const [from, grown] = [await knownState(), await everyRow()];
    const { db } = log.context();
    expect(await rewindTree(db, from, { size, root: to.root })).toBe(true);
    // What was signed and shown is not forgotten.
    const { checkpoint, checkpoint_size: checkpointSize, checkpoint_at: at } = to;
    const forget = env.DB.prepare("UPDATE log_state SET checkpoint = ?, checkpoint_size = ?, checkpoint_at = ?");
    await forget.bind(checkpoint, checkpointSize, at).run();
    expect(await everyRow()).toEqual(before);
    await log.advance();
    expect(await everyRow()).toEqual(grown);
  });

  it("may be the empty one", async () => {
    const log = await aLog();
    await log.advance();
    const empty = await knownState();
    await log.record({}, {});
    await log.advance();
    expect(await rewindTree(log.context().db, await knownState(), empty)).toBe(true);
    expect(await stateOf()).toMatchObject({ size: 0, last_event_id: 0 });
    await log.advance();
    expect((await expectWholeLog()).size).toBe(2);
  });

  it("stays as it is if another tree is there by now, or the log is stopped", async () => {
    const log = await aLog();
    await log.record({});
    await log.advance();
    const one = await knownState();
    await log.record({});
    await log.advance();
    const two = await knownState();
    await log.record({});
    await log.advance();
    const { db } = log.context();
    const before = await everyRow();
    expect(await rewindTree(db, two, one)).toBe(false);
    expect(await everyRow()).toEqual(before);
    await env.DB.prepare("UPDATE log_state SET stopped_reason = 'a contradiction'").run();
    expect(await rewindTree(db, await knownState(), one)).toBe(false);
    expect(await stateOf()).toMatchObject({ size: 3 });
  });
});
