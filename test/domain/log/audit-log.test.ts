import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { auditLog } from "../../../src/domain/log/audit-log.ts";
import { tilesAbove } from "../../../src/domain/log/find-mismatches.ts";
import { stateOf } from "../../support/log.ts";
import { aLog, insertHistory, jumpTo } from "./log-world.ts";

type Log = Awaited<ReturnType<typeof aLog>>;

async function aLogOf(count: number): Promise<Log> {
  const log = await aLog();
  await insertHistory(count);
  await log.advance();
  return log;
}

/** Audits the log as often as this number of sweeps. Returns what was logged. */
async function auditTimes(log: Log, times: number) {
  log.lines = [];
  for (let sweep = 0; sweep < times; sweep++) await auditLog(log.context());
  return log.lines.map((line) => (line.event === "log_mismatch" ? line : line.event));
}

describe("the audit", () => {
  it("of a sound log reports nothing, and begins again at its end", async () => {
    const log = await aLogOf(1_000);
    const positions: (number | undefined)[] = [];
    for (let sweep = 0; sweep < 6; sweep++) {
      expect(await auditTimes(log, 1)).toEqual([]);
      positions.push((await stateOf())?.audited_size);
    }
    expect(positions).toEqual([256, 512, 768, 0, 256, 512]);
  });

  it("goes on over jumps of IDs, erased events, and events that retention deleted", async () => {
    const log = await aLogOf(300);
    await jumpTo(1_000);
    await insertHistory(300);
    await log.advance();
    await env.DB.batch([
      env.DB.prepare("UPDATE events SET opening = NULL WHERE id % 7 = 0"),
      env.DB.prepare("INSERT INTO archive_state (id, deleted_to) VALUES (1, 289)"),
      env.DB.prepare("DELETE FROM events WHERE id < 280"), // the next step deletes the others
    ]);
    expect(await auditTimes(log, 3)).toEqual([]);
  });

  it.each<[string, string, object]>([
    [
      "an event's text differs",
      "UPDATE events SET json = replace(json, '}', ' }') WHERE id = 700",
      { event_id: 700, index: 699, reason: "The event or its opening is another one." },
    ],
    [
      "an opening differs",
      "UPDATE events SET opening = randomblob(32) WHERE id = 1",
      { event_id: 1, index: 0, reason: "The event or its opening is another one." },
    ],
    [
      "a time differs",
      "UPDATE events SET recorded_at = recorded_at + 1 WHERE id = 1000",
      { event_id: 1000, index: 999, reason: "The event's time of recording is another one." },
    ],
    [
      "an event is missing",
      "DELETE FROM events WHERE id = 300",
      { event_id: 300, index: 299, reason: "The event is missing." },
    ],
    [
      "the oldest event is missing",
      "DELETE FROM events WHERE id = 1",
      { event_id: 1, index: 0, reason: "The event is missing." },
    ],
    [
      "an entry differs",
      "UPDATE log_bundles SET entries = substr(entries, 1, 100) || unhex('0001') || substr(entries, 103) WHERE number = 2",
      { event_id: 515, index: 514, reason: "The event or its opening is another one.", mismatches: 2 },
    ],
    [
      "a bundle is missing",
      "DELETE FROM log_bundles WHERE number = 1",
      { index: 256, reason: "The entries from here on cannot be read." },
    ],
    [
      "a bundle ends within an entry",
      "UPDATE log_bundles SET entries = substr(entries, 1, 100) WHERE number = 1",
      { index: 256, reason: "The entries from here on cannot be read." },
    ],
    [
      "a bundle lacks its last entries",
      "UPDATE log_bundles SET entries = substr(entries, 1, 380) WHERE number = 1",
      { index: 266, reason: "The entries from here on cannot be read." },
    ],
    [
      "a tile differs",
      "UPDATE log_tiles SET hashes = substr(hashes, 1, 32) || unhex('0001') || substr(hashes, 35)",
      { index: 256, reason: "The tile of level 1 does not hold the root of what is below." },
    ],
  ])("reports it once in a round if %s", async (_, sql, expected) => {
    const log = await aLogOf(1_000);
    await env.DB.prepare(sql).run();
    const lines = await auditTimes(log, 4);
    expect(lines).toEqual([expect.objectContaining({ event: "log_mismatch", mismatches: 1, ...expected })]);
    expect((await auditTimes(log, 4)).length).toBe(1);
  });

  it("reports an event that was put between others later", async () => {
    const log = await aLogOf(10);
    await jumpTo(100);
    await insertHistory(10);
    await log.advance();
    await env.DB.prepare(
      "INSERT INTO events (id, type, timestamp, recorded_at, opening, json) VALUES (50, 'ADD_BUILD', '1', 1, randomblob(32), '{}')",
    ).run();
    expect(await auditTimes(log, 1)).toEqual([
      expect.objectContaining({ event_id: 50, reason: "The event has no entry, although later events have one." }),
    ]);
  });

  it("compares the tiles of each level with those below", async () => {
    expect(tilesAbove(7)).toEqual([{ level: 1, number: 0 }]);
    expect(tilesAbove(255)).toEqual([
      { level: 1, number: 0 },
      { level: 2, number: 0 },
    ]);
    expect(tilesAbove(256 ** 2 * 3 - 1)).toEqual([
      { level: 1, number: 767 },
      { level: 2, number: 2 },
      { level: 3, number: 0 },
    ]);
    const log = await aLogOf(70_000);
    await env.DB.batch([
      env.DB.prepare("UPDATE log_state SET audited_size = 255 * 256"),
      env.DB.prepare("UPDATE log_tiles SET hashes = unhex('00') || substr(hashes, 2) WHERE level = 2"),
    ]);
    expect(await auditTimes(log, 1)).toEqual([
      expect.objectContaining({
        index: 255 * 256,
        reason: "The tile of level 2 does not hold the root of what is below.",
      }),
    ]);
  });

  it("costs a sweep some rows for each entry of a bundle, and the whole of 10 million entries less than 30 days", async () => {
    const log = await aLogOf(1_000);
    const { rowsRead, rowsWritten } = await log.costOf(auditLog);
    expect(rowsRead).toBeLessThanOrEqual(256 + 12);
    expect(rowsWritten).toBeLessThanOrEqual(1);
    for (const [size, bundles] of [
      [10_000_000, 1],
      [17_000_000, 2],
    ] as const) {
      await env.DB.prepare("UPDATE log_state SET size = ?1, audited_size = 0").bind(size).run();
      await auditLog(log.context());
      expect(await stateOf()).toMatchObject({ audited_size: bundles * 256 });
      expect(size / (bundles * 256) / 60 / 24).toBeLessThan(30);
    }
  });

  it("does nothing without a key, and before there is an entry", async () => {
    const log = await aLog();
    expect(await auditTimes(log, 1)).toEqual([]);
    await log.advance();
    expect(await auditTimes(log, 1)).toEqual([]);
    log.vars = { LOG_KEY: "" };
    expect((await log.costOf(auditLog)).queries).toBe(0);
  });
});
