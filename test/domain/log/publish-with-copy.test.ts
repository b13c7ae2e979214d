import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newLogKey } from "../../../scripts/new-log-key.ts";
import { openLogCopy, type LogCopy } from "../../../src/bucket/log-copy.ts";
import { emptyBucket, everythingInBucket } from "../../support/bucket.ts";
import { expectWholeLog, stateOf } from "../../support/log.ts";
import { readWholeCopy } from "../../support/whole-copy.ts";
import { aCopiedLog } from "./copied-log.ts";
import { insertHistory, START } from "./log-world.ts";

const copy = openLogCopy(env.ARCHIVE);

describe("the copy", () => {
  it("has every tile, bundle and the checkpoint of what is published, at each size", async () => {
    const log = await aCopiedLog();
    for (const more of [0, 1, 1, 253, 1, 1, 255, 600]) {
      await insertHistory(more);
      await log.advance();
      const head = await expectWholeLog();
      expect((await readWholeCopy()).head).toEqual(head);
      expect((await copy.findCheckpoint())?.note).toBe((await stateOf())?.checkpoint);
    }
    expect(log.lines.filter(({ event }) => event === "log_published")).toHaveLength(8);
  });

  it("keeps the partial tiles of every checkpoint that was published", async () => {
    const log = await aCopiedLog();
    for (let size = 1; size <= 3; size++) {
      await log.record({});
      await log.advance();
    }
    expect([...(await everythingInBucket()).keys()]).toEqual([
      "log/checkpoint",
      ...[1, 2, 3].map((width) => `log/tile/0/000.p/${width}`),
      ...[1, 2, 3].map((width) => `log/tile/entries/000.p/${width}`),
    ]);
  });

  it("has no partial tile any more once the full tile is there", async () => {
    const log = await aCopiedLog();
    for (const more of [100, 100, 55, 1, 100, 300]) {
      await insertHistory(more);
      await log.advance();
    }
    const keys = [...(await everythingInBucket()).keys()];
    expect(keys.filter((key) => key.includes(".p/"))).toEqual([
      "log/tile/0/002.p/144",
      "log/tile/1/000.p/1",
      "log/tile/1/000.p/2",
      "log/tile/entries/002.p/144",
    ]);
    expect((await readWholeCopy()).head.size).toBe(656);
  });

  it("is published even if the partial tiles cannot be deleted", async () => {
    const log = await aCopiedLog();
    await insertHistory(100);
    await log.advance();
    await insertHistory(200);
    await log.advance({ logCopy: { ...copy, deletePartialTiles: () => Promise.reject(new Error("R2 is away")) } });
    expect((await readWholeCopy()).head).toEqual(await expectWholeLog());
    expect(log.lines.at(-1)).toEqual({ event: "log_copy_failed", error: "Error: R2 is away" });
  });

  it("costs only one look at its checkpoint if nothing is new", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
    const calls: string[] = [];
    const watched = Object.fromEntries(
      Object.entries(copy).map(([name, call]) => [
        name,
        (...parameters: never[]) => {
          calls.push(name);
          return (call as (...all: never[]) => unknown)(...parameters);
        },
      ]),
    );
    await log.advance({ logCopy: watched as unknown as LogCopy });
    expect(calls).toEqual(["findCheckpoint"]);
  });

  it("is written anew where the bucket is a new one, and the log goes on", async () => {
    const log = await aCopiedLog();
    await insertHistory(1_000);
    await log.advance();
    const before = await stateOf();
    await emptyBucket();
    await log.advance();
    expect(await stateOf()).toEqual(before);
    expect((await readWholeCopy()).head.size).toBe(1_000);
    await emptyBucket();
    await log.record({});
    await log.advance();
    expect((await readWholeCopy()).head).toEqual(await expectWholeLog());
  });

  it("is begun again where the bucket is lost half way", async () => {
    const log = await aCopiedLog();
    await insertHistory(1_000);
    await log.advance({ logCopy: undefined });
    await env.DB.prepare("UPDATE log_state SET copied_size = 768").run();
    await log.advance();
    expect((await readWholeCopy()).head).toEqual(await expectWholeLog());
  });

  it("is complete if the log began without a copy", async () => {
    const log = await aCopiedLog();
    await insertHistory(300);
    await log.advance({ logCopy: undefined });
    await expect(readWholeCopy()).rejects.toThrow("no checkpoint");
    await log.advance();
    expect((await readWholeCopy()).head).toEqual(await expectWholeLog());
  });

  it("replaces tiles that were never published, and says so", async () => {
    const log = await aCopiedLog();
    await env.ARCHIVE.put("log/tile/0/000.p/1", "of a tree that was never published");
    await log.record({});
    await log.advance();
    expect((await readWholeCopy()).head.size).toBe(1);
    expect(log.lines).toContainEqual({ event: "log_copy_repaired", path: "tile/0/000.p/1" });
  });
});

describe("with another LOG_KEY, of another origin", () => {
  it("the same tree is signed by the new key, in the copy too, and the log goes on", async () => {
    const log = await aCopiedLog();
    await log.record({}, {});
    await log.advance();
    const { entries } = await readWholeCopy();
    const other = newLogKey("log.example/two");
    log.vars = { LOG_KEY: other.privateKey };
    await log.advance();
    expect(await expectWholeLog(other.publicKey)).toMatchObject({ origin: "log.example/two", size: 2 });
    expect((await readWholeCopy(other.publicKey)).entries).toEqual(entries);
    await log.record({});
    await log.advance();
    expect((await readWholeCopy(other.publicKey)).head).toEqual(await expectWholeLog(other.publicKey));
  });
});

describe("while the bucket does not respond", () => {
  const away = (...names: (keyof LogCopy)[]): LogCopy => ({
    ...copy,
    ...Object.fromEntries(names.map((name) => [name, () => Promise.reject(new Error("R2 is away"))])),
  });

  it.each(["findCheckpoint", "putTiles", "replaceCheckpoint"] as const)(
    "nothing is published (%s), and all is once it is back",
    async (name) => {
      const log = await aCopiedLog();
      await log.record({});
      await log.advance();
      const before = await stateOf();
      await log.record({}, {});
      await expect(log.advance({ logCopy: away(name) })).rejects.toThrow("R2 is away");
      expect((await stateOf())?.checkpoint).toBe(before?.checkpoint);
      expect((await readWholeCopy()).head.size).toBe(1);
      await log.advance();
      expect((await readWholeCopy()).head).toEqual(await expectWholeLog());
    },
  );

  it("events are recorded all the same", async () => {
    const log = await aCopiedLog();
    log.more = { logCopy: away("findCheckpoint", "findTiles") };
    await log.record({}, {});
    log.more = {};
    await log.advance();
    expect((await expectWholeLog()).size).toBe(2);
  });
});

describe("a checkpoint that is in the copy, but not in D1", () => {
  it("is D1's too with the next invocation", async () => {
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
    expect(await stateOf()).toMatchObject({ size: 2, checkpoint_size: 1 });
    log.now = START + 1_000;
    await log.advance();
    expect(await stateOf()).toMatchObject({ size: 2, checkpoint_size: 2, checkpoint_at: START + 1_000 });
    expect((await readWholeCopy()).head).toEqual(await expectWholeLog());
  });
});

describe("two publishers at once", () => {
  it("publish one log, whatever they overtake each other with", async () => {
    const log = await aCopiedLog();
    for (let round = 0; round < 5; round++) {
      await log.record({}, {}, {});
      await Promise.all([log.advance(), log.advance(), log.record({}), log.advance()]);
    }
    await log.advance();
    expect((await readWholeCopy()).head).toEqual(await expectWholeLog());
    expect((await expectWholeLog()).size).toBe(20);
  });

  it("one of them that comes late with an older tree changes nothing", async () => {
    const log = await aCopiedLog();
    await log.record({});
    await log.advance();
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
    await log.record({});
    await log.advance();
    const published = await stateOf();
    overtake();
    await late;
    expect(await stateOf()).toEqual(published);
    expect((await readWholeCopy()).head).toEqual(await expectWholeLog());
  });
});
