import { ArchiveCache } from "../../bucket/archive-cache.ts";
import { archiveEndsQuery, type ArchiveEnds } from "../../store/archive/located-events.ts";
import { eventsBetweenQuery, type OpenableEvent } from "../../store/log/openable-events.ts";
import { run, runBatch } from "../../store/query.ts";
import { TILE_WIDTH } from "../../tlog/tile.ts";
import { findArchivedEvents } from "../archive/archived-events.ts";
import { ObjectUnreadable } from "../archive/read-object.ts";
import type { Reading } from "../archive/reading.ts";
import { compareWithEvents, type Mismatch } from "./find-mismatches.ts";
import type { LogEntry } from "./log-entry.ts";
import { toOpenable } from "./unlogged-events.ts";

/**
 * Compares the entries of a bundle of the log with their events, in D1 and in the archive. Makes at most two GETs: a
 * bundle of the archive does not begin at the same event. Events that retention has deleted are left out.
 * @throws AppError `unavailable` if R2 does not respond
 */
export async function auditEvents(reading: Reading, number: number, entries: LogEntry[]): Promise<Mismatch[]> {
  const { db } = reading;
  const [first, last] = [entries[0]?.eventId ?? 0, entries.at(-1)?.eventId ?? 0];
  const [events, ends] = await runBatch<[OpenableEvent[], ArchiveEnds]>(
    db,
    eventsBetweenQuery(db, first, last),
    archiveEndsQuery(db),
  );
  const { boundary, deletedTo } = ends;
  const inArchive = entries.filter(({ eventId }) => eventId <= boundary && eventId > deletedTo);
  const { archived, unreadable } = await readArchived(reading, inArchive);
  // Rows of D1 up to the boundary are about to be deleted.
  const known = [...(archived ?? []), ...events.filter(({ id }) => id > Math.max(boundary, deletedTo))];
  const mayBeMissing = (id: number) => id <= deletedTo || (archived === undefined && id <= boundary);
  const found = compareWithEvents({ number }, entries, known, mayBeMissing);
  const faults = unreadable === undefined ? [] : [{ index: number * TILE_WIDTH, reason: unreadable }];
  return [...faults, ...(await withoutDeleted(reading, found, ends))];
}

/**
 * Reads the events of these entries from the archive. `archived` is undefined if they cannot be read: without the binding
 * ARCHIVE, or with the reason in `unreadable`.
 */
async function readArchived(
  reading: Reading,
  entries: LogEntry[],
): Promise<{ archived?: OpenableEvent[]; unreadable?: string }> {
  if (entries.length === 0 || reading.archive === undefined) return {};
  const ids = entries.map(({ eventId }) => eventId);
  try {
    const inBucket = { ...reading, archiveCache: new ArchiveCache() }; // what the isolate has read before is not compared again
    return { archived: (await findArchivedEvents(inBucket, ids)).map(toOpenable) };
  } catch (error) {
    if (!(error instanceof ObjectUnreadable)) throw error;
    return { unreadable: `The object ${error.key} of the archive is missing or damaged.` };
  }
}

/** Leaves out the mismatches of events that retention has deleted since `ends` was read. */
async function withoutDeleted({ db }: Reading, found: Mismatch[], ends: ArchiveEnds): Promise<Mismatch[]> {
  if (found.length === 0 || ends.boundary === 0) return found;
  const { deletedTo } = await run(archiveEndsQuery(db));
  return found.filter(({ event }) => event === undefined || event > deletedTo);
}
