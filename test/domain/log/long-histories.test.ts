import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openLogCopy } from "../../../src/bucket/log-copy.ts";
import { expectWholeLog, KEY, stateOf, verified } from "../../support/log.ts";
import { readWholeCopy } from "../../support/whole-copy.ts";
import { aCopiedLog } from "./copied-log.ts";
import { aLog, insertHistory } from "./log-world.ts";

const copy = openLogCopy(env.ARCHIVE);

describe("a log that is switched on over a long history", () => {
  it("catches up in bounded steps before its first checkpoint, while events are recorded", async () => {
    const log = await aLog();
    await insertHistory(120_000);
    await log.advance();
    expect(await stateOf()).toMatchObject({ size: 100_000, checkpoint: null });
    expect(log.hints).toEqual([0]);
    await log.record({}, {});
    await log.advance();
    expect(await stateOf()).toMatchObject({ size: 120_002, checkpoint_size: 120_002 });
    await verified((await stateOf())?.checkpoint ?? "", KEY.publicKey);
  });

  it("has a copy that is written in bounded steps, and nothing is shown before it is whole", async () => {
    const log = await aCopiedLog();
    await insertHistory(45_000);
    await log.advance();
    expect(await stateOf()).toMatchObject({ size: 45_000, checkpoint: null, copied_size: 40_960 });
    expect(await copy.findCheckpoint()).toBeUndefined();
    expect(log.hints).toEqual([0]);
    await log.advance();
    expect((await readWholeCopy()).head).toEqual(await expectWholeLog());
  });
});
