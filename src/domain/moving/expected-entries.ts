import type { Database } from "../../store/database.ts";
import type { BundleRow } from "../../store/log/bundle-rows.ts";
import { indexQuery } from "../../store/log/log-runs.ts";
import type { OpenableEvent } from "../../store/log/openable-events.ts";
import type { Move } from "../../store/archive/move-row.ts";
import { run } from "../../store/query.ts";
import { TILE_WIDTH } from "../../tlog/tile.ts";
import { unpackEntries } from "../log/bundle-entries.ts";
import { differenceOf } from "../log/find-mismatches.ts";
import type { LogEntry } from "../log/log-entry.ts";
import { MoveRefused } from "./mover.ts";

/**
 * Returns the index of the entry of the segment's first event. The indexes of the other events follow without a gap.
 * @throws MoveRefused if the event has no entry
 */
export async function firstIndexOf(db: Database, { first_event_id }: Move): Promise<number> {
  const index = await run(indexQuery(db, first_event_id));
  if (index === undefined)
    throw new MoveRefused(first_event_id, "The event has no entry, although later events have one.");
  return index;
}

/** Returns the numbers of the log's bundles that hold these entries. */
export function logBundlesOf(firstIndex: number, entries: number): number[] {
  const first = Math.floor(firstIndex / TILE_WIDTH);
  const last = Math.floor((firstIndex + entries - 1) / TILE_WIDTH);
  return Array.from({ length: last - first + 1 }, (_, place) => first + place);
}

/**
 * Compares events with their entries in the log.
 * @param index the index of the first event's entry
 * @throws MoveRefused if an event is not the one that the log commits to
 */
export function requireLogged(events: readonly OpenableEvent[], index: number, entries: Map<number, LogEntry>): void {
  for (const [place, event] of events.entries()) {
    const entry = entries.get(index + place);
    const reason = entry === undefined ? "The entry cannot be read." : differenceTo(entry, event);
    if (reason !== undefined) throw new MoveRefused(event.id, reason);
  }
}

function differenceTo(entry: LogEntry, event: OpenableEvent): string | undefined {
  if (entry.eventId !== event.id) return `The log has the event ${entry.eventId} in its place.`;
  return differenceOf(entry, event);
}

/** Returns the entries of these bundles by index. Leaves out those of a bundle that cannot be read. */
export function entriesByIndex(bundles: readonly BundleRow[]): Map<number, LogEntry> {
  return new Map(
    bundles.flatMap((bundle) =>
      readable(bundle).map((entry, place) => [bundle.number * TILE_WIDTH + place, entry] as const),
    ),
  );
}

function readable(bundle: BundleRow): LogEntry[] {
  try {
    return unpackEntries(bundle);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
