import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newLogKey } from "../../../scripts/new-log-key.ts";
import { openLogCopy, type LogCopy } from "../../../src/bucket/log-copy.ts";
import { currentCheckpoint } from "../../../src/domain/log/current-checkpoint.ts";
import { everythingInBucket } from "../../support/bucket.ts";
import { expectWholeLog, stateOf } from "../../support/log.ts";
import { backUp, restore } from "../../support/restore.ts";
import { readWholeCopy } from "../../support/whole-copy.ts";
import { aCopiedLog } from "./copied-log.ts";
import { insertHistory } from "./log-world.ts";

const copy = openLogCopy(env.ARCHIVE);

type Log = Awaited<ReturnType<typeof aCopiedLog>>;

/** Makes a log of three entries and restores D1 to the time when the log had two. Only the copy has the last entry. */
async function aRestoredLog(): Promise<Log> {
  const log = await aCopiedLog();
  await log.record({}, {});
  await log.advance();
  await backUp();
  await log.record({});
  await log.advance();
  await restore();
  return log;
}

async function damage(path: string, change: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  const object = await env.ARCHIVE.get(path);
  if (object === null) throw new Error(`there is no ${path}`);
  await env.ARCHIVE.put(path, change(new Uint8Array(await object.arrayBuffer())));
}

const flipBit = (at: number) => (bytes: Uint8Array) => bytes.with(at, (bytes.at(at) ?? 0) ^ 1);

/**
 * Expects that the log stops for this reason, reports the stop once, and signs and copies nothing, however often it is
 * advanced.
 */
async function expectStopped(log: Log, reason: string | RegExp): Promise<void> {
  const [before, objects] = [await stateOf(), await everythingInBucket()];
  for (let times = 0; times < 3; times++) {
    await log.record({});
    await log.advance();
    await log.settle();
  }
  const after = await stateOf();
  const stopped = after?.stopped_reason ?? "";
  expect(stopped).toMatch(reason);
  expect(after?.checkpoint).toBe(before?.checkpoint ?? null);
  expect(await everythingInBucket()).toEqual(objects);
  expect(log.lines.filter(({ event }) => event === "log_stopped")).toEqual([{ event: "log_stopped", reason: stopped }]);
  expect(log.hints.filter((delay) => delay === 0).length).toBeLessThanOrEqual(3); // the hints of the recordings
}

describe("a copy that is not of this log stops it:", () => {
  it("one of another origin", async () => {
    const other = newLogKey("log.example/two");
    const log = await aCopiedLog({ LOG_KEY: other.privateKey });
    await log.record({});
    await log.advance();
    const foreign = (await copy.findCheckpoint())?.note ?? "";
    const own = await aCopiedLog();
    await own.record({});
    await own.advance();
    await env.ARCHIVE.put("log/checkpoint", foreign);
    await expectStopped(
      own,
      /^The copy in the bucket is of the log log.example\/two, and LOG_KEY is of log.example\/one/,
    );
  });

  it("one that another key of the same name has signed", async () => {
    const log = await aCopiedLog();
    log.vars = { LOG_KEY: newLogKey("log.example/one").privateKey };
    await log.record({});
    await log.advance();
    log.vars = {};
    await expectStopped(log, /is not signed by LOG_KEY/);
  });

  it.each(["", "nonsense", "log.example/one\n1\nAAAA\n\n— a AAAAAAA=\n"])("not a checkpoint: %j", async (text) => {
    const log = await aCopiedLog();
    await env.ARCHIVE.put("log/checkpoint", text);
    await expectStopped(log, /is not a checkpoint/);
  });

  it("one whose signature has a wrong bit", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await damage("log/checkpoint", (bytes) => {
      const text = new TextDecoder().decode(bytes);
      return new TextEncoder().encode(text.replace(/.(?=.{9}\n$)/, (digit) => (digit === "A" ? "B" : "A")));
    });
    await expectStopped(log, /is not signed by LOG_KEY/);
  });

  it.each([1, 2, 3])("one that the same key has signed, of %i other events, where D1 has 2", async (count) => {
    const log = await aCopiedLog();
    await log.record(...Array.from({ length: count }, () => ({})));
    await log.advance();
    const foreign = await everythingInBucket();
    const other = await aCopiedLog();
    await other.record({}, {});
    await other.advance();
    for (const [path, bytes] of foreign) await env.ARCHIVE.put(path, bytes);
    await expectStopped(other, new RegExp(`of ${count} entries, and the log in D1, of [23] entries, are not the same`));
  });
});

describe("while it is stopped", () => {
  it("the last good checkpoint is shown, and goes on being so", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    const good = await stateOf();
    await env.ARCHIVE.put("log/checkpoint", "nonsense");
    await log.record({});
    await log.advance();
    log.now += 60_000;
    const context = log.context();
    expect(await currentCheckpoint(context, context.db)).toMatchObject({
      kind: "checkpoint",
      note: good?.checkpoint,
      isStopped: true,
    });
  });

  it("it goes on once an operator has repaired the copy and lets it", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    const note = await env.ARCHIVE.get("log/checkpoint").then((object) => object?.text());
    await env.ARCHIVE.put("log/checkpoint", "nonsense");
    await log.record({});
    await log.advance();
    await env.ARCHIVE.put("log/checkpoint", note ?? "");
    await log.advance();
    expect((await stateOf())?.checkpoint_size).toBe(1);
    await env.DB.prepare("UPDATE log_state SET stopped_reason = NULL").run();
    await log.advance();
    expect((await readWholeCopy()).head).toEqual(await expectWholeLog());
    expect((await expectWholeLog()).size).toBe(2);
  });
});

describe("after a restore, nothing is taken over from a copy", () => {
  it.each([
    ["that lacks a bundle", "log/tile/entries/000.p/3", /lacks the object log\/tile\/entries\/000.p\/3/],
    ["that lacks a tile", "log/tile/0/000.p/3", /lacks the object log\/tile\/0\/000.p\/3/],
  ])("%s", async (_what, path, reason) => {
    const log = await aRestoredLog();
    await env.ARCHIVE.delete(path);
    await expectStopped(log, reason);
  });

  it.each([
    [
      "whose bundle has another ID in it",
      "log/tile/entries/000.p/3",
      (bytes: Uint8Array) => replaced(bytes, "\n3\n", "\n4\n"),
    ],
    [
      "whose bundle has another time in it",
      "log/tile/entries/000.p/3",
      (bytes: Uint8Array) => replaced(bytes, "\n3\n2026", "\n3\n2027"),
    ],
    ["whose bundle is cut", "log/tile/entries/000.p/3", (bytes: Uint8Array) => bytes.slice(0, -1)],
    ["whose bundle has a wrong bit", "log/tile/entries/000.p/3", flipBit(5)],
    ["whose bundle is empty", "log/tile/entries/000.p/3", () => new Uint8Array()],
    ["whose tile has a wrong bit", "log/tile/0/000.p/3", flipBit(40)],
    ["whose tile is cut", "log/tile/0/000.p/3", (bytes: Uint8Array) => bytes.slice(0, 32)],
  ])("%s", async (_what, path, change) => {
    const log = await aRestoredLog();
    await damage(path, change);
    await expectStopped(log, /damaged|are not those of its checkpoint|not the same log/);
  });

  it("whose damage lies deep in a large log, and D1 keeps what was proven before", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await backUp();
    await insertHistory(6_000);
    await log.advance();
    await restore();
    await damage("log/tile/entries/015", (bytes) => replaced(bytes, "2026-11-29", "2026-11-30"));
    await log.advance();
    expect(await stateOf()).toMatchObject({ size: 2_560, stopped_reason: expect.stringContaining("up to index 5119") });
  });

  it("that has another event under an ID that D1 has given since", async () => {
    const log = await aRestoredLog();
    log.moveToNewIsolate();
    await log.record({ username: "recorded before anybody looked at the copy" }).catch(() => {});
    await env.DB.prepare("UPDATE events SET id = 3 WHERE id > 2").run();
    await expectStopped(log, /^Event 3 in D1 is not the event 3 of the copy/);
  });

  it("that lacks an event whose ID in D1 is below the last ID in the copy", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await backUp();
    await env.DB.prepare("UPDATE sqlite_sequence SET seq = 10 WHERE name = 'events'").run();
    await log.record({});
    await log.advance();
    await restore();
    await env.DB.prepare(
      "INSERT INTO events (id, type, timestamp, recorded_at, opening, json) SELECT 5, type, timestamp, recorded_at, opening, json FROM events",
    ).run();
    await expectStopped(log, /^The copy in the bucket lacks event 5, which is in D1/);
  });

  it("but an event that was erased in D1 is taken as the copy has it", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    await log.record({}, {});
    await backUp();
    await log.advance();
    const { entries } = await readWholeCopy();
    await restore();
    await env.DB.prepare("UPDATE events SET opening = NULL WHERE id = 2").run();
    await log.advance();
    expect((await readWholeCopy()).entries).toEqual(entries);
    expect(await stateOf()).toMatchObject({ size: 3, checkpoint_size: 3, stopped_reason: null });
  });
});

describe("damage in D1", () => {
  it("stops the log before a wrong tile gets into the copy", async () => {
    const log = await aCopiedLog();
    await insertHistory(300);
    await log.advance();
    const before = await everythingInBucket();
    await env.DB.prepare("UPDATE log_tiles SET hashes = zeroblob(32) WHERE level = 1").run();
    await log.record({});
    await log.advance();
    expect((await stateOf())?.stopped_reason).toMatch(/do not have the root that was stored/);
    expect(await everythingInBucket()).toEqual(before);
  });

  it.each([
    ["in a bundle that the proof reads", 600, 2],
    ["in a bundle that nothing else reads", 512, 3],
  ])("%s stops it too", async (_what, published, bundle) => {
    const log = await aCopiedLog();
    await insertHistory(published);
    await log.advance();
    const before = await everythingInBucket();
    await insertHistory(1_030 - published);
    const away: LogCopy = { ...copy, putTiles: () => Promise.reject(new Error("R2 is away")) };
    await expect(log.advance({ logCopy: away })).rejects.toThrow("R2 is away");
    const damaging = "UPDATE log_bundles SET entries = zeroblob(length(entries)) WHERE number = ?";
    await env.DB.prepare(damaging).bind(bundle).run();
    await log.record({});
    await log.advance();
    expect(await stateOf()).toMatchObject({ size: 1_031, checkpoint_size: published });
    expect((await stateOf())?.stopped_reason).toMatch(/does not extend its own checkpoint|does not have the root that/);
    expect(await everythingInBucket()).toEqual(before);
  });
});

function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  // In Latin-1, each byte is one character.
  const text = Buffer.from(bytes).toString("latin1");
  if (!text.includes(from)) throw new Error(`there is no ${from}`);
  return Buffer.from(text.replace(from, to), "latin1");
}
