import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { openArchive } from "../../../src/bucket/archive-objects.ts";
import { findSegments } from "../../../src/domain/moving/archived-segments.ts";
import { findFaults } from "../../../src/domain/moving/check-segment.ts";
import { restoreArchive, type Restore } from "../../../src/domain/moving/restore-archive.ts";
import { noUsage, openDatabase } from "../../../src/store/database.ts";
import { wholeHistory } from "../../support/archive.ts";
import { everythingInBucket } from "../../support/bucket.ts";
import { dyingBucket, dyingDatabase } from "../../support/dying.ts";
import { moveAllHistory } from "../../support/moved-history.ts";
import { everyNth } from "../../support/property-runs.ts";
import { aService } from "../../support/service.ts";
import { forgetEverything, TABLES } from "../../support/tables.ts";
import { recordHistory } from "./moved-world.ts";

beforeEach(forgetEverything);

const storage = () => ({
  db: openDatabase(env.DB.withSession("first-primary"), noUsage()),
  archive: openArchive(env.ARCHIVE, noUsage()),
});

const restore = (more: Partial<Restore> = {}) =>
  restoreArchive({ ...storage(), checksEvents: true, allowsGaps: false, onSegment: () => undefined, ...more });

/** Deletes the database, as far as SQL can: also which IDs were given. */
async function loseDatabase(): Promise<void> {
  await env.DB.batch([...TABLES, "sqlite_sequence"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
}

/** The directory with the names of the feeds, because a restored D1 gives them other IDs. */
async function archiveRows() {
  const [segments, directory, entries] = await env.DB.batch([
    env.DB.prepare("SELECT * FROM archive_segments ORDER BY first_event_id"),
    env.DB.prepare(
      `SELECT scope, kind, name, first_event_id, last_event_id, segment, events, start, bytes
      FROM archive_directory JOIN feeds ON id = feed_id ORDER BY scope, kind, name, first_event_id`,
    ),
    env.DB.prepare(
      `SELECT scope, kind, name, event_id FROM feed_entries JOIN feeds ON id = feed_id
      WHERE event_id <= (SELECT boundary FROM archive_state) ORDER BY scope, kind, name, event_id`,
    ),
  ]);
  return { segments: segments?.results, directory: directory?.results, entries: entries?.results };
}

async function stateNow() {
  return env.DB.prepare("SELECT boundary, deleted_to, recorded, deleted FROM archive_state").first();
}

/** Records and moves `segments` segments of 256 events. Returns the IDs of the events. */
async function anArchive(segments: number, segmentEvents = 256): Promise<number[]> {
  const ids = await recordHistory(segments * segmentEvents);
  await moveAllHistory({ segmentEvents, keepUpTo: 4 });
  return ids;
}

describe("a restored D1", () => {
  it("has the archive that was lost", async () => {
    await recordHistory(300);
    await env.DB.prepare("UPDATE sqlite_sequence SET seq = seq + 1000 WHERE name = 'events'").run();
    const ids = await anArchive(2);
    const [rows, history, boundary] = [await archiveRows(), await wholeHistory(), (await stateNow())?.["boundary"]];
    expect(rows.segments).toHaveLength(3);
    expect(rows.directory?.length).toBeGreaterThan(10);
    expect(rows.entries?.length).toBeGreaterThan(10);
    await loseDatabase();
    await restore();
    expect(await archiveRows()).toEqual(rows);
    expect(await stateNow()).toMatchObject({ boundary, recorded: 768, deleted: 0 });
    const restored = await wholeHistory();
    expect(restored.events.size).toBe(768);
    for (const [id, event] of restored.events) expect(event).toEqual(history.events.get(id));
    const archived = (entry: string) => Number(entry.split(" ").at(-1)) <= Number(boundary);
    expect(restored.entries).toEqual(history.entries.filter(archived));
    expect(ids.length).toBe(512);
  });

  it("serves the same pages", async () => {
    await anArchive(2);
    const readers = [{ groups: ["audit"] }, { groups: ["ops", "team 3"] }, {}];
    const paths = ["?page_size=500", "?page_after=0&page_size=300", "project/shop/?page_size=40"];
    const readAll = async () => {
      // A new token, so that no page comes from the cache at the edge.
      const service = aService({ AUDITOR_GROUPS: "audit", INTERNAL_TOKEN: crypto.randomUUID() });
      const pages = readers.flatMap((reader) => paths.map((path) => service.list(path, reader)));
      return (await Promise.all(pages)).map(({ events, next, tag }) => ({ events, next, tag }));
    };
    const before = await readAll();
    expect(before[0]?.events).toHaveLength(500);
    await loseDatabase();
    await restore();
    expect(await readAll()).toEqual(before);
  });

  it("gives no ID that the lost D1 may have given", async () => {
    const ids = await anArchive(1);
    await loseDatabase();
    await restore();
    const [id = 0] = await recordHistory(1);
    expect(id).toBe((ids.at(-1) ?? 0) + 100_000_001);
    const { results } = await env.DB.prepare("SELECT name, seq FROM sqlite_sequence WHERE name = 'deliveries'").all();
    expect(results).toEqual([{ name: "deliveries", seq: (id - 1) * 100 }]);
  });

  it("may record newer events during the restore", async () => {
    await anArchive(2);
    await loseDatabase();
    const onSegment = () => void (recorded ??= recordHistory(5));
    let recorded: Promise<number[]> | undefined;
    await restore({ onSegment });
    const ids = (await recorded) ?? [];
    expect([...(await wholeHistory()).events.keys()].slice(-5)).toEqual(ids);
  });

  it("begins after the events that retention had deleted", async () => {
    const ids = await anArchive(3);
    const [first] = (await findSegments(storage().archive)).segments;
    await storage().archive.deleteSegment(first?.range ?? { first: 0, last: 0 });
    await loseDatabase();
    await restore();
    expect(await stateNow()).toMatchObject({ boundary: ids.at(-1), deleted_to: ids[255], recorded: 512 });
  });

  it("is restored by the next run if the first one died at any call", async () => {
    await anArchive(2);
    const rows = await archiveRows();
    await loseDatabase();
    const restoreDying = async (points: { left: number }) => {
      const { db } = storage();
      const archive = openArchive(dyingBucket(points), noUsage());
      await restore({ db: dyingDatabase(db, points), archive }).catch(() => undefined);
    };
    const all = { left: Number.MAX_SAFE_INTEGER };
    await restoreDying(all);
    expect(await archiveRows()).toEqual(rows);
    const points = Array.from({ length: Number.MAX_SAFE_INTEGER - all.left }, (_, point) => point);
    for (const left of everyNth(points, 3)) {
      await loseDatabase();
      await restoreDying({ left });
      const isWhole = ((await stateNow())?.["boundary"] ?? 0) !== 0;
      expect(await env.DB.prepare("SELECT count(*) FROM archive_segments").first("count(*)")).toBe(isWhole ? 2 : 0);
      if (!isWhole) await restore();
      expect(await archiveRows()).toEqual(rows);
    }
  });
});

describe("a restore is refused", () => {
  it("if the bucket has no segment", async () => {
    await expect(restore()).rejects.toThrow("The bucket has no segment of an archive.");
  });

  it("if D1 has an archive, or events that the archive has", async () => {
    const [first = 0] = await anArchive(1);
    await expect(restore()).rejects.toThrow("D1 already has an archive. Restore an empty D1.");
    await loseDatabase();
    await env.DB.prepare("UPDATE sqlite_sequence SET seq = 0").run();
    await env.DB.prepare("INSERT INTO events (id, type, timestamp, recorded_at, json) VALUES (?1, 't', '1', 1, '{}')")
      .bind(first)
      .run();
    await expect(restore()).rejects.toThrow(`D1 already has events with IDs that the archive has, such as ${first}.`);
    expect(await env.DB.prepare("SELECT count(*) FROM archive_directory").first("count(*)")).toBe(0);
  });

  it("if D1 has no tables", async () => {
    await anArchive(1);
    await loseDatabase();
    await env.DB.prepare("ALTER TABLE archive_move RENAME TO hidden").run();
    await expect(restore()).rejects.toThrow("D1 has no tables. Apply the migrations first.");
    await env.DB.prepare("ALTER TABLE hidden RENAME TO archive_move").run();
  });

  it("if a segment in the middle is missing, unless gaps are allowed", async () => {
    const ids = await anArchive(3);
    const { segments } = await findSegments(storage().archive);
    await storage().archive.deleteSegment(segments[1]?.range ?? { first: 0, last: 0 });
    await loseDatabase();
    await expect(restore()).rejects.toThrow(
      `There may be events between ${ids[255]} and ${ids[512]}. To restore the other segments, add --allow-gaps.`,
    );
    await restore({ allowsGaps: true });
    expect((await archiveRows()).segments).toHaveLength(2);
  });

  it.each([
    ["manifest.json", "is damaged"],
    ["feeds.ndjson.gz", "is damaged"],
    ["postings.bin", "is damaged: its content does not have the digest in the manifest"],
    ["events/000.ndjson.gz", "is damaged"],
  ])("if %s is damaged or missing", async (name, complaint) => {
    await anArchive(1);
    const key = [...(await everythingInBucket()).keys()].find((other) => other.endsWith(name)) ?? "";
    const bytes = (await everythingInBucket()).get(key) ?? new Uint8Array();
    await loseDatabase();
    // In the middle of the manifest are digests of other objects.
    const middle = name === "manifest.json" ? [] : [Math.floor(bytes.length / 2)];
    for (const place of [0, ...middle, bytes.length - 1]) {
      await env.ARCHIVE.put(key, bytes.with(place, (bytes[place] ?? 0) ^ 1));
      await expect(restore(), `byte ${place}`).rejects.toThrow(`The object ${key} ${complaint}`);
    }
    await env.ARCHIVE.put(key, bytes.subarray(0, bytes.length - 1));
    await expect(restore()).rejects.toThrow(`The object ${key} ${complaint}`);
    expect(await stateNow()).toBeNull();
    await env.ARCHIVE.delete(key);
    const missing =
      name === "manifest.json" ? "The bucket has no segment of an archive." : `The object ${key} is missing.`;
    await expect(restore()).rejects.toThrow(missing);
  });

  it("if two segments overlap, but not if one has all events of the other", async () => {
    const ids = await anArchive(2);
    const { segments } = await findSegments(storage().archive);
    const [one, other] = segments;
    if (one === undefined || other === undefined) throw new Error("there are no two segments");
    await copySegment(one.range, { first: one.range.first, last: one.range.last - 10 });
    await loseDatabase();
    const { superseded } = await restore();
    expect(superseded).toEqual([{ first: ids[0], last: (ids[255] ?? 0) - 10 }]);
    await copySegment(other.range, { first: other.range.first - 5, last: other.range.last + 5 });
    await loseDatabase();
    await expect(restore()).rejects.toThrow(
      /^archive\/segments\/\d{16}-\d{16}\/ begins before archive\/segments\/.* ends/,
    );
  });
});

describe("a check of a segment", () => {
  it("names every object that is missing or damaged, and does not remove the segment from the list", async () => {
    await anArchive(1, 512);
    const keys = [...(await everythingInBucket()).keys()];
    const keyOf = (name: string) => keys.find((key) => key.endsWith(name)) ?? "";
    const [list, damaged, missing] = [
      keyOf("postings.bin"),
      keyOf("events/000.ndjson.gz"),
      keyOf("events/001.ndjson.gz"),
    ];
    for (const key of [list, damaged]) await env.ARCHIVE.put(key, "something else");
    await env.ARCHIVE.delete(missing);
    const [segment] = (await findSegments(storage().archive)).segments;
    if (segment === undefined) throw new Error("there is no segment");
    expect(segment.missing).toEqual([missing]);
    expect((await findFaults(storage().archive, segment)).map(String)).toEqual([
      expect.stringContaining(`The object ${list} is damaged`),
      expect.stringContaining(`The object ${damaged} is damaged`),
      expect.stringContaining(`The object ${missing} is missing`),
    ]);
  });
});

/** Copies a segment, and gives its manifest another range. */
async function copySegment(from: { first: number; last: number }, to: { first: number; last: number }): Promise<void> {
  const prefixOf = ({ first, last }: typeof from) =>
    `archive/segments/${`${first}`.padStart(16, "0")}-${`${last}`.padStart(16, "0")}/`;
  for (const [key, bytes] of await everythingInBucket()) {
    if (!key.startsWith(prefixOf(from))) continue;
    const text = new TextDecoder().decode(bytes);
    const manifest = text
      .replace(/"first_event_id":\d+/, `"first_event_id":${to.first}`)
      .replace(/"last_event_id":\d+/, `"last_event_id":${to.last}`);
    await env.ARCHIVE.put(key.replace(prefixOf(from), prefixOf(to)), key.endsWith("manifest.json") ? manifest : bytes);
  }
}
