import type { Directory } from "../../store/archive/directory-rows.ts";
import type { FeedRange } from "../../store/events/feed-range.ts";
import { mergeFeeds, type MergedPage } from "../../store/events/feeds.ts";
import { MATCHING_FIELDS } from "../../store/events/page-columns.ts";
import { run } from "../../store/query.ts";
import { findFirstEntries, findFirstId, type ArchivedEntry, type FirstEntries } from "../archive/archived-page.ts";
import type { Reading } from "../archive/reading.ts";
import type { PageEnds } from "./page-tags.ts";

interface HotPage extends Pick<MergedPage<never>, "head" | "directory"> {
  /** The IDs of the events that D1 returned. */
  ids: number[];
}

/**
 * Continues a merge in the archive, newest first, without reading its bundles. `range.limit` is one more than the number
 * of events that the page shows. Returns the ends of the page, and the shown events of the archive. Returns undefined if
 * the first event is `unlessFirstIs`.
 * @throws AppError `unavailable`; ObjectMissing
 */
export async function continueBefore(
  reading: Reading,
  range: FeedRange,
  { ids, head, directory }: HotPage,
): Promise<(PageEnds & { entries: ArchivedEntry[] }) | undefined> {
  const size = range.limit - 1;
  const { cursor, unlessFirstIs } = range;
  if (directory === undefined) return { head, next: (ids.length > size && ids[size - 1]) || 0, entries: [] };
  if (head === 0 && unlessFirstIs !== undefined) {
    if ((await findFirstId(reading, directory, cursor)) === unlessFirstIs) return undefined;
  }
  const { entries, nextId } = await findEntries(reading, range, directory, size - ids.length);
  const last = entries.at(-1)?.id ?? ids.at(-1) ?? 0;
  return { head: head || (entries[0]?.id ?? 0), next: nextId === undefined ? 0 : last, entries };
}

async function findEntries(
  reading: Reading,
  range: FeedRange,
  directory: Directory,
  count: number,
): Promise<FirstEntries> {
  const found = await findFirstEntries(reading, directory, range.cursor, count);
  if (found.nextId !== undefined || directory.edge === undefined) return found;
  const left = count - found.entries.length;
  const more = await findMore(reading, { ...range, limit: left + 1 }, directory);
  if (more === undefined) return found;
  const rest = await findEntries(reading, more.range, more.directory, left);
  return { entries: [...found.entries, ...rest.entries], nextId: rest.nextId };
}

/**
 * Reads where the events beyond the edge of a directory are. This query is only needed if many events are in several of
 * the reader's feeds, or for a scan.
 */
export async function findMore<Range extends FeedRange>(
  { db }: Reading,
  range: Range,
  { edge = 0 }: Directory,
): Promise<{ range: Range; directory: Directory } | undefined> {
  const next: Range = { ...range, cursor: cursorAt(edge, range.cursor), unlessFirstIs: undefined };
  const directory = (await run(mergeFeeds(db, next, MATCHING_FIELDS)))?.directory;
  return directory && { range: next, directory };
}

/** The cursor beyond an event. */
function cursorAt(id: number, cursor: FeedRange["cursor"]): FeedRange["cursor"] {
  return "before" in cursor ? { before: `${id}` } : { after: `${id}` };
}

/**
 * Merges feeds, oldest first, without reading bundles. `query` reads from D1. Returns the events of the archive, and the
 * last result of `query`. The first `room` events of that result follow those of the archive.
 * @throws AppError `unavailable`; ObjectMissing
 */
export async function mergeAfter<Hot extends { directory: Directory | undefined }>(
  reading: Reading,
  range: FeedRange,
  query: (range: FeedRange) => Promise<Hot | undefined>,
): Promise<{ entries: ArchivedEntry[]; hot: Hot | undefined; room: number }> {
  const hot = await query(range);
  const { directory } = hot ?? {};
  if (directory === undefined) return { entries: [], hot, room: range.limit };
  const { entries } = await findFirstEntries(reading, directory, range.cursor, range.limit);
  const room = range.limit - entries.length;
  if (room === 0 || directory.edge === undefined) return { entries, hot, room };
  const next = { ...range, cursor: cursorAt(directory.edge, range.cursor), limit: room };
  const rest = await mergeAfter(reading, next, query);
  return { ...rest, entries: [...entries, ...rest.entries] };
}
