import type { ArchiveBucket } from "../../bucket/archive-objects.ts";
import {
  findContent,
  insertRestoredArchive,
  insertRestoredEntries,
  insertRestoredLists,
  raiseIdsAbove,
  type RestoredList,
} from "../../store/archive/restored-rows.ts";
import type { Database } from "../../store/database.ts";
import { findGaps, findSegments, type FoundSegments, type StoredSegment } from "./archived-segments.ts";
import { checkEvents, readFeeds, type FeedInSegment } from "./check-segment.ts";

export interface Restore {
  db: Database;
  archive: ArchiveBucket;
  /** True: also reads every event. */
  checksEvents: boolean;
  /** True: restores the rest if segments are missing in between. */
  allowsGaps: boolean;
  onSegment: (segment: StoredSegment) => void;
}

/**
 * D1 has at most 10 GB, and an event takes more than 100 bytes. So at most this many events were newer than the
 * archive, and the IDs of lost events are at most this much higher than the last ID in the archive.
 */
const MAX_LOST_EVENTS = 100_000_000;

/** An event belongs to at most two projects, and a project has at most 50 subscriptions. */
const MAX_DELIVERIES_AN_EVENT = 100;

/** Feeds whose rows or entries one statement inserts. Their JSON has less than 2 MB, D1's limit for a parameter. */
const ROWS_A_STEP = 500;

/**
 * Restores the archive's rows in a D1 without events, from the objects in the bucket. May be repeated after a failure:
 * readers see nothing of the archive before the last step.
 * @throws Error that says what is wrong with the bucket or with D1.
 */
export async function restoreArchive({ db, archive, ...options }: Restore): Promise<FoundSegments> {
  const found = await findSegments(archive);
  const { segments } = found;
  const last = segments.at(-1)?.range.last;
  if (last === undefined) throw new Error("The bucket has no segment of an archive.");
  if (!options.allowsGaps) requireNoGaps(segments);
  const missing = segments.flatMap((segment) => segment.missing)[0];
  if (missing !== undefined) throw new Error(`The object ${missing} is missing.`);
  await requireFresh(db, last);
  await raiseIdsAbove(db, last + MAX_LOST_EVENTS, (last + MAX_LOST_EVENTS) * MAX_DELIVERIES_AN_EVENT);
  for (const segment of segments) {
    if (options.checksEvents) await checkEvents(archive, segment);
    await insertFeeds(db, archive, segment);
    options.onSegment(segment);
  }
  const isRestored = await insertRestoredArchive(db, {
    segments: segments.map(toRow),
    deleted: segments[0]?.manifest.log_first_index ?? 0,
  });
  if (!isRestored) throw new Error("D1 was changed during the restore. Stop the service, and restore an empty D1.");
  return found;
}

async function requireFresh(db: Database, last: number): Promise<void> {
  const { firstEventId, hasArchive } = await findContent(db).catch((error: unknown) => {
    const hasNoTables = error instanceof Error && error.message.includes("no such table");
    throw hasNoTables ? new Error("D1 has no tables. Apply the migrations first.", { cause: error }) : error;
  });
  if (hasArchive) throw new Error("D1 already has an archive. Restore an empty D1.");
  if (firstEventId !== undefined && firstEventId <= last)
    throw new Error(
      `D1 already has events with IDs that the archive has, such as ${firstEventId}. Restore an empty D1.`,
    );
}

function requireNoGaps(segments: StoredSegment[]): void {
  const [gap] = findGaps(segments);
  if (gap === undefined) return;
  const events = gap.events === undefined ? "There may be events" : `${gap.events} events are missing`;
  throw new Error(
    `${events} between ${gap.before.last} and ${gap.after.first}. To restore the other segments, add --allow-gaps.`,
  );
}

/** As after a move, a long list gets a row of the directory, and a short list gets its entries in D1. */
async function insertFeeds(db: Database, archive: ArchiveBucket, segment: StoredSegment): Promise<void> {
  const feeds = await readFeeds(archive, segment);
  for (let start = 0; start < feeds.length; start += ROWS_A_STEP) {
    const next = feeds.slice(start, start + ROWS_A_STEP);
    const lists = next.flatMap((feed) => toList(segment, feed));
    if (lists.length > 0) await insertRestoredLists(db, lists);
    const short = next.filter(({ list }) => list === undefined);
    if (short.length > 0) await insertRestoredEntries(db, short);
  }
}

function toList({ range }: StoredSegment, { ids, list, ...feed }: FeedInSegment): RestoredList[] {
  const [first_event_id, last_event_id] = [ids[0], ids.at(-1)];
  if (list === undefined || first_event_id === undefined || last_event_id === undefined) return [];
  return [{ ...feed, first_event_id, last_event_id, segment: range.first, events: ids.length, ...list }];
}

function toRow({ range, manifest, bytes }: StoredSegment) {
  return {
    first_event_id: range.first,
    last_event_id: range.last,
    events: manifest.events,
    runs: JSON.stringify(manifest.runs),
    bytes,
    recorded_to: Date.parse(manifest.recorded_to),
  };
}
