import { inParallel } from "../../lib/in-parallel.ts";
import { postingsKey } from "../../segments/object-names.ts";
import { decodePositions } from "../../segments/positions.ts";
import { idAt } from "../../segments/runs.ts";
import type { ListedFeed, ListedPart } from "../../store/archive/directory-rows.ts";
import { MAX_CONNECTIONS } from "./archived-bundles.ts";
import { readObject } from "./read-object.ts";
import type { Reading } from "./reading.ts";

/** Lists that are as near to each other in the object as this are read together. */
const MAX_GAP_BYTES = 32 * 1024;

/** A list that is in the object of postings. */
type PlacedList = ListedFeed & { place: { start: number; bytes: number } };

/** A part of a segment's object of postings, with some of the wanted lists. */
interface ListRange {
  part: ListedPart;
  start: number;
  end: number;
  lists: PlacedList[];
}

/** The positions of a feed's events in a segment, in ascending order. */
type Positions = readonly number[];
type KnownPositions = Map<ListedFeed, Positions>;

/**
 * Reads the lists of some segments. Returns the positions of each segment, in the order of its lists. Lists that are near
 * to each other take one GET together. All lists of a segment in `inOneGet` take one GET.
 * @throws AppError `unavailable`; ObjectMissing
 */
export async function readFeedLists(
  reading: Reading,
  parts: readonly ListedPart[],
  inOneGet: (part: ListedPart) => boolean,
): Promise<Positions[][]> {
  const known: KnownPositions = new Map();
  const ranges = parts.flatMap((part) => {
    const unread = part.lists.filter(isPlaced).filter((list) => !addCached(reading, part, list, known));
    return toRanges(part, unread, inOneGet(part) ? Number.POSITIVE_INFINITY : MAX_GAP_BYTES);
  });
  await inParallel(ranges, MAX_CONNECTIONS, (range) => readRange(reading, range, known));
  return parts.map(({ lists }) => lists.map((list) => known.get(list) ?? list.positions));
}

function isPlaced(list: ListedFeed): list is PlacedList {
  return list.place !== undefined;
}

/** Returns false if the list is not in the cache. */
function addCached({ archiveCache }: Reading, part: ListedPart, list: PlacedList, known: KnownPositions): boolean {
  const cached = archiveCache.get(cacheKey(part, list));
  if (cached !== undefined) known.set(list, decodePositions(cached, list.events));
  return cached !== undefined;
}

function cacheKey({ segment }: ListedPart, { place }: PlacedList): string {
  return `${postingsKey(segment)} ${place.start}`;
}

function toRanges(part: ListedPart, lists: PlacedList[], maxGap: number): ListRange[] {
  const ranges: ListRange[] = [];
  for (const list of lists.toSorted((one, other) => one.place.start - other.place.start)) {
    const { start, bytes } = list.place;
    const last = ranges.at(-1);
    if (last === undefined || start - last.end > maxGap) {
      ranges.push({ part, start, end: start + bytes, lists: [list] });
    } else {
      last.end = start + bytes;
      last.lists.push(list);
    }
  }
  return ranges;
}

async function readRange(
  reading: Reading,
  { part, start, end, lists }: ListRange,
  known: KnownPositions,
): Promise<void> {
  const decoded = await readObject(
    reading,
    postingsKey(part.segment),
    (archive) => archive.findRange(postingsKey(part.segment), start, end - start),
    (bytes) =>
      lists.map((list) => {
        const content = bytes.slice(list.place.start - start, list.place.start - start + list.place.bytes);
        return { list, content, positions: decodeList(part, list, content) };
      }),
  );
  for (const { list, content, positions } of decoded) {
    known.set(list, positions);
    reading.archiveCache.set(cacheKey(part, list), content);
  }
}

/** @throws RangeError if the list is damaged, or if it is another list than D1 says */
function decodeList({ segment: { runs } }: ListedPart, list: PlacedList, content: Uint8Array): Positions {
  const positions = decodePositions(content, list.events);
  const [first = -1, last = -1] = [positions[0], positions.at(-1)];
  if (idAt(runs, first) !== list.firstEventId || idAt(runs, last) !== list.lastEventId) {
    throw new RangeError(`the list at byte ${list.place.start} is the list of another feed`);
  }
  return positions;
}
