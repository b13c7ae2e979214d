import type { BundleRow } from "../../store/log/bundle-rows.ts";
import type { OpenableEvent } from "../../store/log/openable-events.ts";
import type { TileRow } from "../../store/log/tile-rows.ts";
import { isSameHash, rootOf, type Hash } from "../../tlog/merkle-hash.ts";
import { hashesIn } from "../../tlog/range-hash.ts";
import { TILE_WIDTH } from "../../tlog/tile.ts";
import { commitmentOf, entryHash, type LogEntry } from "./log-entry.ts";

/** A place where the events in D1 contradict the log, or where rows of the log contradict each other. */
export interface Mismatch {
  /** The event's ID. Undefined if rows of the log contradict each other. */
  event?: number;
  index?: number;
  reason: string;
}

/**
 * Returns the tile that holds the root of a full bundle. If this bundle is the last part of the tile, also returns the
 * tile that holds the root of that tile, and so on upwards.
 */
export function tilesAbove(bundle: number): Pick<TileRow, "level" | "number">[] {
  const tiles: Pick<TileRow, "level" | "number">[] = [];
  let [level, below] = [1, bundle];
  do {
    tiles.push({ level, number: Math.floor(below / TILE_WIDTH) });
    [level, below] = [level + 1, (below + 1) / TILE_WIDTH - 1];
  } while (Number.isInteger(below));
  return tiles;
}

/** Compares the hashes of a full bundle's entries with the tiles of `tilesAbove`. */
export function compareWithTiles(
  { number }: Pick<BundleRow, "number">,
  entries: LogEntry[],
  tiles: TileRow[],
): Mismatch[] {
  if (entries.length < TILE_WIDTH) return [];
  let hash: Hash | undefined = rootOf(entries.map(entryHash));
  let below = number;
  for (const { level, number: wanted } of tilesAbove(number)) {
    const row = tiles.find((tile) => tile.level === level && tile.number === wanted);
    const hashes = row === undefined ? [] : hashesIn(row.hashes);
    const stored = hashes[below % TILE_WIDTH];
    if (stored === undefined || !isSameHash(stored, hash)) {
      return [
        { index: number * TILE_WIDTH, reason: `The tile of level ${level} does not hold the root of what is below.` },
      ];
    }
    hash = rootOf(hashes);
    below = wanted;
  }
  return [];
}

/**
 * Compares each entry with the event that has the entry's ID. Also finds events that have no entry.
 * @param mayBeMissing returns true for an event that was deleted, or that was not read
 */
export function compareWithEvents(
  { number }: Pick<BundleRow, "number">,
  entries: readonly LogEntry[],
  events: readonly OpenableEvent[],
  mayBeMissing: (eventId: number) => boolean,
): Mismatch[] {
  const eventsById = new Map(events.map((event) => [event.id, event]));
  const ofEntries = entries.flatMap((entry, place) => {
    const event = eventsById.get(entry.eventId);
    const reason = event !== undefined ? differenceOf(entry, event) : mayBeMissing(entry.eventId) ? undefined : MISSING;
    return reason === undefined ? [] : [{ event: entry.eventId, index: number * TILE_WIDTH + place, reason }];
  });
  const ids = new Set(entries.map(({ eventId }) => eventId));
  const added = events.filter(({ id }) => !ids.has(id)).map(({ id }) => ({ event: id, reason: ADDED }));
  return [...ofEntries, ...added];
}

const MISSING = "The event is missing.";
const ADDED = "The event has no entry, although later events have one.";

/** Returns how an event differs from its entry. An erased event has no opening, so only its time can be compared. */
export function differenceOf(entry: LogEntry, { recorded_at, opening, json }: OpenableEvent): string | undefined {
  if (recorded_at !== entry.recordedAt) return "The event's time of recording is another one.";
  if (opening === null || isSameHash(commitmentOf(opening, json), entry.commitment)) return undefined;
  return "The event or its opening is another one.";
}
