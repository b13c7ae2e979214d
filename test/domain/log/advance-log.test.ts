import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newLogKey } from "../../../scripts/new-log-key.ts";
import { expectWholeLog, KEY, loggedEntries, stateOf, verified } from "../../support/log.ts";
import { aLog, insertHistory, jumpTo, START } from "./log-world.ts";

describe("the log", () => {
  it("has an entry for each event, in the order of IDs, with the times of their recording", async () => {
    const log = await aLog();
    for (let request = 0; request < 7; request++) {
      log.now = START + request * 1_001;
      await log.record(...Array.from({ length: 100 }, (_, index) => ({ username: `é ${index}`, data: { index } })));
      await log.advance();
      expect((await expectWholeLog()).size).toBe(100 * (request + 1));
    }
    expect(log.lines.filter(({ event }) => event === "log_published")).toHaveLength(7);
  });

  it("grows by single events, through partial bundles of every width", async () => {
    const log = await aLog();
    await insertHistory(254);
    await log.advance();
    for (let size = 255; size <= 258; size++) {
      await log.record({});
      await log.advance();
      expect((await expectWholeLog()).size).toBe(size);
    }
  });

  it("has no gaps where IDs have", async () => {
    const log = await aLog();
    for (const id of [41, 1_000_000, 9_007_199_254_000_000]) {
      await insertHistory(1);
      await jumpTo(id);
      await insertHistory(300);
      await log.advance();
    }
    expect((await expectWholeLog()).size).toBe(3 * 301);
    const { results } = await env.DB.prepare("SELECT * FROM log_runs").all();
    expect(results).toHaveLength(4);
  });

  it("takes up to 2,500 events at a time", async () => {
    const log = await aLog();
    await insertHistory(5_001);
    const batches: number[] = [];
    const { db } = log.context();
    await log.advance({
      db: { ...db, batch: (statements) => (batches.push(statements.length), db.batch(statements)) },
    });
    expect((await expectWholeLog()).size).toBe(5_001);
    expect(batches).toHaveLength(7); // a read and a transaction for each of three steps, and one that publishes
  });

  it("takes large events in smaller steps, and one of any size", async () => {
    const log = await aLog();
    await insertHistory(300, `'{"id":"' || id || '","data":"' || hex(zeroblob(16000)) || '"}'`);
    await insertHistory(1, `'{"id":"' || id || '","data":"' || hex(zeroblob(900000)) || '"}'`);
    const { db } = log.context();
    let largest = 0;
    await log.advance({
      db: {
        ...db,
        batch: async <Row>(statements: D1PreparedStatement[]) => {
          const results = await db.batch<Row>(statements);
          largest = Math.max(largest, JSON.stringify(results).length);
          return results;
        },
      },
    });
    expect((await expectWholeLog()).size).toBe(301);
    expect(largest).toBeLessThan(6_000_000);
  });

  it("has an entry that nobody can open for an event that was erased before", async () => {
    const log = await aLog();
    await log.record({}, {}, {});
    await env.DB.prepare("UPDATE events SET opening = NULL WHERE id = 2").run();
    await log.advance();
    expect((await expectWholeLog()).size).toBe(3);
    const [, erased] = await loggedEntries();
    expect(new TextDecoder().decode(erased)).toMatch(
      /^tidings\/event\/v1\n2\n2026-11-29T02:05:17.488Z\n[\w+/]{43}=\n$/,
    );
  });

  it("has the same checkpoint if nothing is new", async () => {
    const log = await aLog();
    await log.record({});
    await log.advance();
    const before = await stateOf();
    log.now += 60_000;
    await log.advance();
    expect(await stateOf()).toEqual(before);
  });
});

describe("without LOG_KEY", () => {
  it("there is no log, and it begins with the first event once there is a key", async () => {
    const log = await aLog({ LOG_KEY: "" });
    await log.record({}, {});
    await log.advance();
    expect(await stateOf()).toBeNull();
    expect(log.hints).toEqual([]);
    log.vars = { LOG_KEY: KEY.privateKey };
    await log.record({});
    expect(log.hints).toEqual([0]);
    await log.advance();
    expect((await expectWholeLog()).size).toBe(3);
  });

  it("nothing is appended or signed any more, and all goes on once the key is back", async () => {
    const log = await aLog();
    await log.record({});
    await log.advance();
    const before = await stateOf();
    log.vars = { LOG_KEY: "" };
    await log.record({});
    await log.advance();
    expect(await stateOf()).toEqual(before);
    log.vars = {};
    await log.advance();
    expect((await expectWholeLog()).size).toBe(2);
  });
});

describe("with another LOG_KEY", () => {
  it("the same tree is signed by the new key, under its origin", async () => {
    const log = await aLog();
    await log.record({}, {});
    await log.advance();
    const before = await stateOf();
    const other = newLogKey("log.example/two");
    log.vars = { LOG_KEY: other.privateKey };
    await log.advance();
    const after = await expectWholeLog(other.publicKey);
    expect(after).toMatchObject({ origin: "log.example/two", size: 2 });
    expect(after.root).toEqual((await verified(before?.checkpoint ?? "", KEY.publicKey)).root);
    await log.record({});
    await log.advance();
    expect((await expectWholeLog(other.publicKey)).size).toBe(3);
  });
});

describe("a log that is switched on over a long history", () => {
  it("goes on in another invocation when its time is up", async () => {
    const log = await aLog();
    await insertHistory(6_000);
    await log.advance({ now: () => (log.now += 20_000) });
    expect(await stateOf()).toMatchObject({ size: 2_500, checkpoint: null });
    expect(log.hints).toEqual([0]);
    await log.advance();
    expect((await expectWholeLog()).size).toBe(6_000);
  });

  it("publishes as it goes once it has caught up", async () => {
    const log = await aLog();
    await log.record({});
    await log.advance();
    await insertHistory(6_000);
    await log.advance({ now: () => (log.now += 20_000) });
    expect(await stateOf()).toMatchObject({ size: 2_501, checkpoint_size: 2_501 });
  });
});

describe("two sequencers at once", () => {
  it("append each event once, and sign one root for each size", async () => {
    const log = await aLog();
    const published = new Map<number, string>();
    for (let round = 0; round < 5; round++) {
      await insertHistory(3_000);
      await Promise.all([log.advance(), log.advance(), log.advance()]);
      const { size, root } = await expectWholeLog();
      const known = published.get(size);
      expect(known === undefined || known === root.toBase64()).toBe(true);
      published.set(size, root.toBase64());
    }
    expect((await stateOf())?.size).toBe(15_000);
  });

  it("change nothing twice if one of them is slower by a whole append", async () => {
    const log = await aLog();
    await log.record({}, {});
    const { db } = log.context();
    let isFirst = true;
    await log.advance({
      db: {
        ...db,
        batch: async <Row>(statements: D1PreparedStatement[]) => {
          const results = await db.batch<Row>(statements);
          if (isFirst) {
            isFirst = false;
            await log.record({});
            await log.advance();
          }
          return results;
        },
      },
    });
    expect((await expectWholeLog()).size).toBe(3);
  });
});

describe("damage on the tree's edge", () => {
  it.each([
    [
      "an entry that was altered",
      "UPDATE log_bundles SET entries = unhex('00') || substr(entries, 2) WHERE number = 1",
    ],
    ["a missing bundle", "DELETE FROM log_bundles WHERE number = 1"],
    ["a tile that was altered", "UPDATE log_tiles SET hashes = unhex('00') || substr(hashes, 2)"],
    ["a missing tile", "DELETE FROM log_tiles"],
    ["another root", "UPDATE log_state SET root = 'x'"],
    ["another size", "UPDATE log_state SET size = 299"],
  ])("stops the log with %s, and what is published stays", async (_, sql) => {
    const log = await aLog();
    await insertHistory(300);
    await log.advance();
    const { checkpoint, checkpoint_size } = (await stateOf()) ?? {};
    await env.DB.prepare(sql).run();
    await log.record({});
    await log.advance();
    await log.advance();
    expect(await stateOf()).toMatchObject({ checkpoint, checkpoint_size, stopped_reason: expect.any(String) });
    expect(log.lines.filter(({ event }) => event === "log_stopped")).toHaveLength(1);
    const { results } = await env.DB.prepare("SELECT * FROM events").all();
    expect(results).toHaveLength(301);
  });
});
