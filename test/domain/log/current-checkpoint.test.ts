import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { currentCheckpoint } from "../../../src/domain/log/current-checkpoint.ts";
import { KEY, stateOf, verified } from "../../support/log.ts";
import { aLog, insertHistory, START } from "./log-world.ts";

async function currentOf(log: Awaited<ReturnType<typeof aLog>>) {
  const context = log.context();
  const current = await currentCheckpoint(context, context.db);
  await log.settle();
  return current;
}

describe("the current checkpoint", () => {
  it("is none without LOG_KEY", async () => {
    expect(await currentOf(await aLog({ LOG_KEY: "" }))).toEqual({ kind: "none" });
  });

  it("of an empty log names the empty tree, before and after the log is looked at for the first time", async () => {
    const log = await aLog();
    const before = await currentOf(log);
    expect(log.hints).toEqual([0]);
    expect(before).toMatchObject({ kind: "checkpoint", size: 0, isStopped: false });
    if (before.kind !== "checkpoint") throw new Error("there is none");
    expect((await verified(before.note, KEY.publicKey)).root.toHex()).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", // SHA-256 of nothing
    );
    await log.advance();
    expect(await stateOf()).toMatchObject({ size: 0, checkpoint: before.note });
    await log.record({});
    expect(await currentOf(log)).toEqual(before);
  });

  it("is pending while a long history has no entries, and the log is hinted", async () => {
    const log = await aLog();
    await insertHistory(3);
    expect(await currentOf(log)).toEqual({ kind: "pending", isStopped: false });
    expect(log.hints).toEqual([0]);
    log.now += 1_000;
    await log.advance();
    expect(await currentOf(log)).toMatchObject({ kind: "checkpoint", size: 3, at: START + 1_000 });
  });

  it("stays the last good one when the log is stopped", async () => {
    const log = await aLog();
    await log.record({});
    await log.advance();
    await env.DB.prepare("UPDATE log_state SET stopped_reason = 'a contradiction'").run();
    await log.record({});
    await log.advance();
    expect(await currentOf(log)).toMatchObject({ kind: "checkpoint", size: 1, isStopped: true });
  });

  it("costs one row", async () => {
    const log = await aLog();
    await log.record({});
    await log.advance();
    const { queries, rowsRead } = await log.costOf((context) => currentCheckpoint(context, context.db));
    expect(queries).toBe(1);
    expect(rowsRead).toBeLessThanOrEqual(2);
  });
});
