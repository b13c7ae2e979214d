import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openLogCopy, type LogCopy } from "../../../src/bucket/log-copy.ts";
import { currentCheckpoint } from "../../../src/domain/log/current-checkpoint.ts";
import { loggedEntries, stateOf } from "../../support/log.ts";
import { everythingInBucket } from "../../support/bucket.ts";
import { backUp, restore } from "../../support/restore.ts";
import { forgetEverything } from "../../support/tables.ts";
import { readWholeCopy, idOf } from "../../support/whole-copy.ts";
import { aCopiedLog, textsOf } from "./copied-log.ts";
import { insertHistory, jumpTo } from "./log-world.ts";

const copy = openLogCopy(env.ARCHIVE);
const MILLION = 1_000_000;

type Log = Awaited<ReturnType<typeof aCopiedLog>>;

async function idsOf(table: string): Promise<number> {
  const { results } = await env.DB.prepare("SELECT seq FROM sqlite_sequence WHERE name = ?")
    .bind(table)
    .all<{ seq: number }>();
  return results[0]?.seq ?? 0;
}

async function advanceUntilDone(log: Log): Promise<number> {
  for (let invocations = 1; ; invocations++) {
    log.hints.length = 0;
    await log.advance();
    if (log.hints.length === 0) return invocations;
  }
}

/** Expects that the log in D1 is the same as the copy, and that each event in D1 has one entry, in order. */
async function expectSameLog(): Promise<Uint8Array[]> {
  const { head, entries } = await readWholeCopy();
  expect(textsOf(await loggedEntries())).toEqual(textsOf(entries));
  expect(await stateOf()).toMatchObject({ size: head.size, checkpoint_size: head.size, stopped_reason: null });
  const ids = entries.map(idOf);
  expect(ids).toEqual(ids.toSorted((one, other) => one - other));
  const { results } = await env.DB.prepare("SELECT id FROM events ORDER BY id").all<{ id: number }>();
  const inLog = new Set(ids);
  expect(results.filter(({ id }) => !inLog.has(id))).toEqual([]);
  expect(inLog.size).toBe(ids.length);
  return entries;
}

describe("after D1 was restored to an earlier time", () => {
  it.each([0, 1, 255, 256, 300])("of %i events, the log goes on from the copy", async (kept) => {
    const log = await aCopiedLog();
    await insertHistory(kept);
    await log.advance();
    await backUp();
    await insertHistory(700 - kept);
    await log.advance();
    const before = await readWholeCopy();
    await restore();
    expect(await advanceUntilDone(log)).toBe(1);
    expect(textsOf(await expectSameLog())).toEqual(textsOf(before.entries));
    expect((await stateOf())?.checkpoint).toBe((await copy.findCheckpoint())?.note);
    await log.record({}, {});
    await log.advance();
    const after = await expectSameLog();
    expect(textsOf(after.slice(0, 700))).toEqual(textsOf(before.entries));
    expect(after.slice(700).map(idOf)).toEqual([MILLION + 701, MILLION + 702]);
    expect(log.lines).toContainEqual({
      event: "log_taken_over",
      size: 700,
      entries: 700 - kept,
      lost_events: 700 - kept,
      is_more: false,
    });
  });

  it("before the first checkpoint, when nothing was in the log", async () => {
    const log = await aCopiedLog();
    await log.record({}, {});
    await backUp();
    await log.advance();
    await log.record({});
    await log.advance();
    const before = await readWholeCopy();
    await restore();
    await log.advance();
    expect(textsOf(await expectSameLog())).toEqual(textsOf(before.entries));
    expect(log.lines).toContainEqual(expect.objectContaining({ event: "log_taken_over", lost_events: 1 }));
  });

  it("to a time when events were recorded that had no entries yet", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await log.record({}, {});
    await backUp();
    await log.record({});
    await log.advance();
    await restore();
    await log.advance();
    expect((await expectSameLog()).map(idOf)).toEqual([1, 2, 3, 4]);
  });

  it("twice", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await backUp();
    for (let times = 1; times <= 2; times++) {
      await log.record({});
      await log.advance();
      await restore();
      log.moveToNewIsolate();
      await log.record({});
      await log.advance();
    }
    const entries = await expectSameLog();
    expect(entries.map(idOf)).toEqual([1, 2, MILLION + 3, MILLION + 4, 2 * MILLION + 5]);
  });

  it("even if the whole database is lost", async () => {
    const log = await aCopiedLog();
    await log.record({}, {});
    await jumpTo(500);
    await log.record({});
    await log.advance();
    const before = await readWholeCopy();
    const objects = await everythingInBucket();
    await forgetEverything();
    for (const [key, bytes] of objects) await env.ARCHIVE.put(key, bytes);
    await env.DB.prepare("DELETE FROM sqlite_sequence").run();
    await log.advance();
    expect(textsOf(await loggedEntries())).toEqual(textsOf(before.entries));
    await log.record({});
    await log.advance();
    expect((await expectSameLog()).map(idOf)).toEqual([1, 2, 501, MILLION + 502]);
  });

  it("in bounded steps, between which nothing of D1's own is appended", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await backUp();
    await insertHistory(21_000);
    while ((await advanceUntilDone(log)) > 1);
    const before = await readWholeCopy();
    await restore();
    await jumpTo(60_000);
    await insertHistory(1);
    log.hints.length = 0;
    await log.advance();
    expect(await stateOf()).toMatchObject({ size: 20_480, checkpoint_size: 1 });
    expect(log.hints).toEqual([0]);
    await log.advance();
    const entries = await expectSameLog();
    expect(textsOf(entries.slice(0, 21_001))).toEqual(textsOf(before.entries));
    expect(entries.slice(21_001).map(idOf)).toEqual([60_001]);
  });

  it("raises the IDs of all tables by a million, once, and before anything is taken over", async () => {
    const log = await aCopiedLog();
    await log.record({}, {}, {});
    await log.advance();
    await backUp();
    await log.record({}, {});
    await log.advance();
    await restore();
    let reads = 0;
    const soonAway: LogCopy = {
      ...copy,
      // The last entry and its proof can be read. Then the bucket fails.
      findTiles: (paths) => ((reads += 1) > 2 ? Promise.reject(new Error("R2 is away")) : copy.findTiles(paths)),
    };
    await expect(log.advance({ logCopy: soonAway })).rejects.toThrow("R2 is away");
    expect(await stateOf()).toMatchObject({ size: 3 });
    for (let times = 0; times < 2; times++) {
      expect(await idsOf("events")).toBe(5 + MILLION);
      expect(await idsOf("deliveries")).toBe(MILLION);
      expect(await idsOf("subscriptions")).toBe(MILLION);
      await log.advance();
    }
    expect(log.lines.filter(({ event }) => event === "ids_raised")).toEqual([{ event: "ids_raised", event_id: 5 }]);
  });
});

it("reads the full tile in the place of a partial one that was deleted since the checkpoint was read", async () => {
  const log = await aCopiedLog();
  await log.record({});
  await log.advance();
  await backUp();
  await insertHistory(299);
  await log.advance();
  await restore();
  // The bucket changes as if somebody had published a larger tree. No real invocation could do this now.
  const objects = await everythingInBucket();
  const bundle = objects.get("log/tile/entries/001.p/44");
  const tile = objects.get("log/tile/0/001.p/44");
  if (bundle === undefined || tile === undefined) throw new Error("the copy has other tiles");
  await env.ARCHIVE.put("log/tile/entries/001", Buffer.concat([bundle, bundle]));
  await env.ARCHIVE.put("log/tile/0/001", Buffer.concat([tile, new Uint8Array(212 * 32)]));
  await env.ARCHIVE.delete(["log/tile/entries/001.p/44", "log/tile/0/001.p/44"]);
  await log.advance();
  expect(await stateOf()).toMatchObject({ size: 300, checkpoint_size: 300, stopped_reason: null });
});

describe("while the log has not been taken over", () => {
  async function currentOf(log: Log) {
    const context = log.context();
    const current = await currentCheckpoint(context, context.db);
    await log.settle();
    return current;
  }

  it("no checkpoint is shown, and the log is hinted", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await backUp();
    await log.record({});
    await log.advance();
    const shown = await currentOf(log);
    await restore();
    log.hints.length = 0;
    log.now += 5_000;
    expect(await currentOf(log)).toEqual({ kind: "pending", isStopped: false });
    expect(log.hints).toEqual([0]);
    await log.advance();
    expect(await currentOf(log)).toMatchObject({ kind: "checkpoint", note: "note" in shown && shown.note, size: 2 });
  });

  it("of two invocations at once, one takes over each step", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await backUp();
    await insertHistory(6_000);
    await log.advance();
    await restore();
    await Promise.all([log.advance(), log.advance(), log.advance()]);
    await advanceUntilDone(log);
    await expectSameLog();
  });
});

describe("a checkpoint in the copy that D1 is about to follow", () => {
  it("is shown from D1's tree, which has it already", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await log.record({});
    const dies: LogCopy = {
      ...copy,
      replaceCheckpoint: async (...parameters) => {
        await copy.replaceCheckpoint(...parameters);
        throw new Error("the invocation dies");
      },
    };
    await expect(log.advance({ logCopy: dies })).rejects.toThrow("the invocation dies");
    log.now += 5_000;
    const context = log.context();
    const note = (await copy.findCheckpoint())?.note;
    expect(await currentCheckpoint(context, context.db)).toMatchObject({ kind: "checkpoint", note, size: 2 });
  });
});

describe("events that were appended while D1 was restored", () => {
  it("give up their place to the entries of a publisher that was on its way, and get another place", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await backUp();
    // A publisher is about to put the checkpoint of two entries into the copy. At this moment, D1 is restored.
    await log.record({});
    const { promise: overtaken, resolve: overtake } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const slow: LogCopy = {
      ...copy,
      replaceCheckpoint: async (...parameters) => {
        arrive();
        await overtaken;
        return copy.replaceCheckpoint(...parameters);
      },
    };
    const late = log.advance({ logCopy: slow });
    await arrived;
    await restore();
    // Another invocation appends what has been recorded since, and dies.
    await log.record({ username: "after the restore" });
    const away: LogCopy = { ...copy, putTiles: () => Promise.reject(new Error("R2 is away")) };
    await expect(log.advance({ logCopy: away })).rejects.toThrow("R2 is away");
    expect((await loggedEntries()).map(idOf)).toEqual([1, MILLION + 3]);
    overtake();
    await late;
    await advanceUntilDone(log);
    expect((await expectSameLog()).map(idOf)).toEqual([1, 2, MILLION + 3]);
    expect(log.lines).toContainEqual({ event: "log_rewound", size: 1, entries: 1 });
    await log.record({});
    await log.advance();
    await expectSameLog();
  });
});
