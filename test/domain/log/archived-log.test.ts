import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openArchive } from "../../../src/bucket/archive-objects.ts";
import { openLogCopy } from "../../../src/bucket/log-copy.ts";
import { auditLog } from "../../../src/domain/log/audit-log.ts";
import { compress, decompress } from "../../../src/segments/compression.ts";
import { archiveAll } from "../../support/archive-all.ts";
import { aFailingBucket, type ArchiveFault } from "../../support/failing-archive.ts";
import { expectedEntries, KEY, loggedEntries, stateOf } from "../../support/log.ts";
import { aLog, insertHistory, jumpTo, START } from "./log-world.ts";

type Log = Awaited<ReturnType<typeof aLog>>;

const JSON_SQL = `'{"id":"' || id || '","recorded_at":"' || strftime('%Y-%m-%dT%H:%M:%fZ', (${START} + id % 100) / 1000.0, 'unixepoch') || '"}'`;
const WITH_LOG = { LOG_KEY: KEY.privateKey };

/** Events that were recorded and moved while there was no log, and some that are still in D1. */
async function anUnloggedHistory(more: Parameters<typeof aLog>[1] = {}): Promise<{ log: Log; expected: Uint8Array[] }> {
  const log = await aLog({ LOG_KEY: "" }, more);
  await insertHistory(700, JSON_SQL);
  await jumpTo(2_000);
  await insertHistory(324, JSON_SQL);
  await env.DB.prepare("CREATE TABLE IF NOT EXISTS everything AS SELECT * FROM events WHERE FALSE").run();
  await env.DB.prepare("DELETE FROM everything").run();
  await archiveEverything();
  await insertHistory(50, JSON_SQL);
  await keep();
  log.vars = WITH_LOG;
  return { log, expected: await entriesOfEverything() };
}

async function archiveEverything(): Promise<void> {
  await keep();
  await archiveAll();
}

/** Copies the events that are in D1, because the archive's readers are what is tested. */
async function keep(): Promise<void> {
  await env.DB.prepare("INSERT INTO everything SELECT * FROM events").run();
}

async function entriesOfEverything(): Promise<Uint8Array[]> {
  const entries = await expectedEntries("everything");
  return entries.flatMap(({ bytes }) => bytes ?? []);
}

function failing(fault: ArchiveFault) {
  return { archive: openArchive(aFailingBucket(fault), { r2Gets: 0 }) };
}

describe("a log that is switched on after events were archived", () => {
  it("has an entry for each event in order, first those of the archive", async () => {
    const { log, expected } = await anUnloggedHistory();
    await log.advance();
    expect(await loggedEntries()).toEqual(expected);
    expect(await stateOf()).toMatchObject({ size: 1_074, checkpoint_size: 1_074 });
    await insertHistory(3, JSON_SQL);
    await log.advance();
    expect((await stateOf())?.size).toBe(1_077);
  });

  it.each(["away", "missing", "damaged"] as const)(
    "shows no checkpoint while the archive is %s, and goes on later",
    async (fault) => {
      const { log, expected } = await anUnloggedHistory();
      await expect(log.advance(failing(fault))).rejects.toMatchObject({ code: "unavailable" });
      expect(await stateOf()).toBeNull();
      await log.advance();
      expect(await loggedEntries()).toEqual(expected);
    },
  );

  it("begins after the events that retention has deleted", async () => {
    const { log, expected } = await anUnloggedHistory();
    await env.DB.batch([
      env.DB.prepare("UPDATE archive_state SET deleted_to = 512"),
      env.DB.prepare("DELETE FROM archive_segments WHERE last_event_id <= 512"),
    ]);
    await log.advance();
    expect(await loggedEntries()).toEqual(expected.slice(512));
  });

  it("takes over its copy if D1 was restored to a time without the log", async () => {
    const { log, expected } = await anUnloggedHistory({ copy: openLogCopy(env.ARCHIVE) });
    await log.advance();
    await env.DB.batch(["state", "runs", "bundles", "tiles"].map((name) => env.DB.prepare(`DELETE FROM log_${name}`)));
    log.moveToNewIsolate();
    await log.advance();
    expect(await loggedEntries()).toEqual(expected);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ event: "log_taken_over", entries: 1_074, lost_events: 0, size: 1_074 }),
    );
  });

  it("stops if the archive has another event than its copy", async () => {
    const { log } = await anUnloggedHistory({ copy: openLogCopy(env.ARCHIVE) });
    await log.advance();
    await env.DB.batch(["state", "runs", "bundles", "tiles"].map((name) => env.DB.prepare(`DELETE FROM log_${name}`)));
    await changeBundle((text) => text.replace('"id":"300"', '"id":"300","username":"eve"'));
    log.moveToNewIsolate();
    await log.advance();
    expect((await stateOf())?.stopped_reason).toContain("Event 300");
  });
});

/** Changes the bundle that holds event 300. */
async function changeBundle(change: (text: string) => string): Promise<string> {
  const { objects } = await env.ARCHIVE.list({ prefix: "archive/segments/0000000000000257" });
  const key = objects.find((object) => object.key.includes("/events/"))?.key ?? "";
  const text = new TextDecoder().decode(
    decompress(new Uint8Array((await (await env.ARCHIVE.get(key))?.arrayBuffer()) ?? new ArrayBuffer())),
  );
  await env.ARCHIVE.put(key, compress(new TextEncoder().encode(change(text))));
  return key;
}

describe("the audit of archived events", () => {
  async function aMovedLog(): Promise<Log> {
    const log = await aLog();
    await insertHistory(700, JSON_SQL);
    await jumpTo(2_000);
    await insertHistory(68, JSON_SQL);
    await log.advance();
    await archiveAll(WITH_LOG);
    await insertHistory(100, JSON_SQL);
    await log.advance();
    log.lines = [];
    return log;
  }

  /** Audits one whole round. Returns what was logged, and the number of GETs of each sweep. */
  async function auditRound(log: Log, more: Parameters<Log["context"]>[0] = {}) {
    log.lines = [];
    const gets: number[] = [];
    for (let sweep = 0; sweep < 4; sweep++) {
      const context = log.context(more);
      await auditLog(context);
      gets.push(context.usage.r2Gets);
    }
    return { lines: log.lines, gets };
  }

  it("finds nothing in a sound archive, for at most two GETs a sweep", async () => {
    const log = await aMovedLog();
    const { lines, gets } = await auditRound(log);
    expect(lines).toEqual([]);
    expect(gets.slice(0, 3)).toEqual([1, 1, 1]);
    expect(Math.max(...gets)).toBeLessThanOrEqual(2);
  });

  it("finds an event that was changed in the bucket", async () => {
    const log = await aMovedLog();
    await changeBundle((text) => text.replace('"id":"300"', '"id":"300","username":"eve"'));
    const { lines } = await auditRound(log);
    expect(lines).toEqual([
      expect.objectContaining({
        event: "log_mismatch",
        event_id: 300,
        index: 299,
        reason: "The event or its opening is another one.",
        mismatches: 1,
      }),
    ]);
  });

  it.each(["missing", "damaged"] as const)("reports an object that is %s, and goes on", async (fault) => {
    const log = await aMovedLog();
    const archive = openArchive(
      aFailingBucket(fault, (key) => key.includes("0000000000000257-")),
      { r2Gets: 0 },
    );
    const { lines } = await auditRound(log, { archive });
    expect(lines.map(({ event }) => event)).toEqual([`archive_object_${fault}`, "log_mismatch"]);
    expect(lines[1]).toMatchObject({
      index: 256,
      reason: expect.stringMatching(
        /^The object archive\/segments\/0{13}257-.*\.gz of the archive is missing or damaged\.$/,
      ),
    });
  });

  it("waits while R2 does not respond", async () => {
    const log = await aMovedLog();
    await expect(auditLog(log.context(failing("away")))).rejects.toMatchObject({ code: "unavailable" });
    expect((await stateOf())?.audited_size).toBe(0);
  });

  it("leaves out archived events without a bucket, and compares those in D1", async () => {
    const log = await aMovedLog();
    await env.DB.prepare("UPDATE events SET json = '{}' WHERE id = 2100").run();
    const { lines } = await auditRound(log, { archive: undefined });
    expect(lines).toEqual([expect.objectContaining({ event: "log_mismatch", event_id: 2100, mismatches: 1 })]);
  });

  it("does not report events that retention has deleted, or rows that are about to be deleted", async () => {
    const log = await aMovedLog();
    await env.DB.batch([
      env.DB.prepare("INSERT INTO events (id, type, timestamp, recorded_at, json) VALUES (300, 'x', '1', 1, '{}')"),
      env.DB.prepare("UPDATE archive_state SET deleted_to = 256"),
      env.DB.prepare("DELETE FROM archive_segments WHERE last_event_id <= 256"),
    ]);
    expect((await auditRound(log)).lines).toEqual([]);
  });

  it("finds an event that is missing from D1 above the boundary", async () => {
    const log = await aMovedLog();
    await env.DB.prepare("DELETE FROM events WHERE id = 2069").run();
    expect((await auditRound(log)).lines).toEqual([
      expect.objectContaining({ event: "log_mismatch", event_id: 2069, reason: "The event is missing." }),
    ]);
  });
});
