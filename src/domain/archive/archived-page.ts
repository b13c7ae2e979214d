import { idAt } from "../../segments/runs.ts";
import type { Directory, ListedPart } from "../../store/archive/directory-rows.ts";
import type { ArchivedSegment } from "../../store/archive/located-events.ts";
import type { FeedRange } from "../../store/events/feed-range.ts";
import { readFeedLists } from "./feed-lists.ts";
import type { Reading } from "./reading.ts";

/** An event of the archive. Its bundle has not been read yet. */
export interface ArchivedEntry {
  id: number;
  segment: ArchivedSegment;
  /** Counts from 0 at the segment's first event. */
  position: number;
}

export interface FirstEntries {
  entries: ArchivedEntry[];
  /** The ID of the event after them. Undefined if the directory has no further event. */
  nextId: number | undefined;
}

type Cursor = FeedRange["cursor"];

/**
 * Finds the first `count` events of a directory after the cursor, in the order of the merge, and reads as few lists as
 * possible. Reads no list only to find out whether another event follows.
 * @throws AppError `unavailable`; ObjectMissing
 */
export async function findFirstEntries(
  reading: Reading,
  { parts, edge }: Directory,
  cursor: Cursor,
  count: number,
): Promise<FirstEntries> {
  const entries: ArchivedEntry[] = [];
  let at = 0;
  const isMissing = () =>
    entries.length < count || (entries.length === count && firstIdOf(parts[at], cursor) === "unknown");
  while (at < parts.length && isMissing()) {
    const wave = takeWave(parts.slice(at), count - entries.length);
    at += wave.length;
    for (const found of await readEntries(reading, wave, { cursor, edge, most: count + 1 - entries.length }))
      entries.push(...found);
  }
  const next = entries[count]?.id ?? firstIdOf(parts[at], cursor);
  return { entries: entries.slice(0, count), nextId: next === "unknown" ? undefined : next };
}

/** Returns the ID of the first event of a directory. Undefined if it has no event. */
export async function findFirstId(reading: Reading, directory: Directory, cursor: Cursor): Promise<number | undefined> {
  return (await findFirstEntries(reading, directory, cursor, 0)).nextId;
}

/**
 * Yields the events of a directory in the order of the merge. Each item has the events of the segments that are
 * certainly needed if `needed` returns the number of events that are still needed.
 */
export async function* walkEntries(
  reading: Reading,
  { parts, edge }: Directory,
  cursor: Cursor,
  needed: () => number,
): AsyncGenerator<ArchivedEntry[]> {
  for (let at = 0; at < parts.length;) {
    const wave = takeWave(parts.slice(at), needed());
    at += wave.length;
    yield (await readEntries(reading, wave, { cursor, edge, most: Number.POSITIVE_INFINITY })).flat();
  }
}

/**
 * Returns the first segments, as many as are certainly needed for `count` events. An event may be in several of the
 * reader's feeds, so these segments may still have too few events.
 */
function takeWave(parts: readonly ListedPart[], count: number): ListedPart[] {
  let events = 0;
  const end = parts.findIndex(({ lists }) => {
    events += lists.reduce((sum, list) => sum + list.events, 0);
    return events >= count;
  });
  return end === -1 ? [...parts] : parts.slice(0, end + 1);
}

/** Returns the ID of the first event of a segment, if it is known without the lists. */
function firstIdOf(part: ListedPart | undefined, cursor: Cursor): number | "unknown" | undefined {
  if (part === undefined) return undefined;
  if (holdsCursor(part, cursor)) return "unknown";
  const ids = part.lists.map(({ firstEventId, lastEventId }) => ("before" in cursor ? lastEventId : firstEventId));
  return "before" in cursor ? Math.max(...ids) : Math.min(...ids);
}

/** True if some of the events of the lists may be on the other side of the cursor. */
function holdsCursor({ lists }: ListedPart, cursor: Cursor): boolean {
  return "before" in cursor
    ? lists.some(({ lastEventId }) => lastEventId >= Number(cursor.before))
    : lists.some(({ firstEventId }) => firstEventId <= Number(cursor.after));
}

/** The events between a cursor and the edge of a directory, and only the first `most` of a segment. */
interface Window {
  cursor: Cursor;
  edge: number | undefined;
  most: number;
}

async function readEntries(reading: Reading, parts: readonly ListedPart[], window: Window): Promise<ArchivedEntry[][]> {
  // A segment that holds the cursor may have no event of the page, so only one GET is spent to find out.
  const lists = await readFeedLists(reading, parts, (part) => holdsCursor(part, window.cursor));
  return parts.map(({ segment }, index) =>
    firstPositions(lists[index] ?? [], segment, window).map((position) => ({
      id: idAt(segment.runs, position),
      segment,
      position,
    })),
  );
}

/** Merges the lists of a segment. Returns each position once, in the order of the cursor. */
function firstPositions(
  lists: (readonly number[])[],
  segment: ArchivedSegment,
  { cursor, edge, most }: Window,
): number[] {
  const isDescending = "before" in cursor;
  const [from, to] = isDescending
    ? [edge ?? 0, Number(cursor.before)]
    : [Number(cursor.after) + 1, (edge ?? segment.last) + 1];
  const [low, high] = [countBelow(segment, from), countBelow(segment, to)];
  const merged = new Set<number>();
  for (const list of lists) {
    const [start, end] = [indexOfFirst(list, low), indexOfFirst(list, high)];
    const first = isDescending
      ? list.slice(Math.max(start, end - most), end)
      : list.slice(start, Math.min(end, start + most));
    for (const position of first) merged.add(position);
  }
  const positions = [...merged].toSorted((one, other) => (isDescending ? other - one : one - other));
  return positions.slice(0, most);
}

/** Returns the number of events of the segment whose ID is lower than `id`. */
function countBelow({ runs, events }: ArchivedSegment, id: number): number {
  const index = runs.findLastIndex(([first]) => first < id);
  const run = runs[index];
  return run === undefined ? 0 : Math.min(run[1] + id - run[0], runs[index + 1]?.[1] ?? events);
}

/** Returns the index of the first number that is not lower than `edge`. */
function indexOfFirst(ascending: readonly number[], edge: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((ascending[middle] ?? edge) < edge) low = middle + 1;
    else high = middle;
  }
  return low;
}
