import { describe, expect, it } from "vitest";
import { findCosignedCheckpoint } from "../../../src/domain/log/cosigned-checkpoint.ts";
import { KEY, stateOf } from "../../support/log.ts";
import { backUp, restore } from "../../support/restore.ts";
import { aWitness } from "../../support/witness.ts";
import { aCopiedLog } from "./copied-log.ts";
import { insertHistory } from "./log-world.ts";

const MINUTE_MS = 60_000;

/** A log with a copy that a witness has been told to trust. */
async function aWitnessedLog() {
  const { witness, vkey, ...judge } = await aWitness(KEY.publicKey);
  const log = await aCopiedLog({ LOG_KEY: KEY.privateKey, LOG_WITNESSES: `${vkey} ${witness.url}` });
  return {
    ...judge,
    log,
    advance: async () => {
      log.now += MINUTE_MS;
      await log.advance();
      await log.settle();
    },
    cosigned: async () => findCosignedCheckpoint(log.context().db, { origin: "log.example/one", witnesses: [witness] }),
  };
}

describe("each newest checkpoint", () => {
  it("is cosigned by the witnesses, whatever the log has grown by", async () => {
    const { log, advance, cosigned, requests } = await aWitnessedLog();
    for (const more of [0, 1, 255, 1, 400, 2_000]) {
      await insertHistory(more);
      await advance();
      const state = await stateOf();
      expect((await cosigned())?.note).toContain(state?.checkpoint);
    }
    expect((await requests()).map((body) => body.split("\n")[0])).toEqual(
      [0, 0, 1, 256, 257, 657].map((size) => `old ${size}`),
    );
    expect(log.lines.filter(({ event }) => event === "log_cosigned")).toHaveLength(6);
  });

  it("is published and shown without waiting for a witness", async () => {
    const { log, cosigned } = await aWitnessedLog();
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    log.more = {
      fetch: async (input, init) => {
        await answered;
        return fetch(input, init);
      },
    };
    await insertHistory(3);
    await log.advance();
    expect(await stateOf()).toMatchObject({ checkpoint_size: 3 });
    expect(await cosigned()).toBeUndefined();
    answer();
    await log.settle();
    expect((await cosigned())?.size).toBe(3);
  });

  it("is cosigned after a restore of D1 too: for the witness, the log has only grown", async () => {
    const { log, advance, cosigned, checkpointOf } = await aWitnessedLog();
    await log.record({});
    await advance();
    await backUp();
    await log.record({}, {}, {});
    await advance();
    expect((await cosigned())?.size).toBe(4);
    await restore();
    await log.record({});
    await advance();
    expect((await cosigned())?.size).toBe(5);
    expect(await checkpointOf("log.example/one")).toBe((await cosigned())?.note);
    expect(log.lines.filter(({ event }) => event === "witness_failed")).toEqual([]);
  });

  it("is signed and shown though LOG_WITNESSES is bad", async () => {
    const log = await aCopiedLog({ LOG_KEY: KEY.privateKey, LOG_WITNESSES: "nonsense" });
    await log.record({});
    await log.advance();
    await log.settle();
    expect(await stateOf()).toMatchObject({ checkpoint_size: 1 });
    expect(log.lines.at(-1)).toMatchObject({ event: "witnesses_failed" });
  });
});
