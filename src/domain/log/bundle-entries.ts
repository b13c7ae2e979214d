import type { BundleRow } from "../../store/log/bundle-rows.ts";
import type { LogRun } from "../../store/log/log-runs.ts";
import { TILE_WIDTH } from "../../tlog/tile.ts";
import { COMMITMENT_BYTES, type LogEntry } from "./log-entry.ts";

const TIME_BYTES = 6;
const ENTRY_BYTES = TIME_BYTES + COMMITMENT_BYTES;

/** Returns the stored form of the entries of a bundle, which has no event IDs. */
export function packEntries(entries: readonly LogEntry[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(entries.length * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [place, { recordedAt, commitment }] of entries.entries()) {
    view.setUint16(place * ENTRY_BYTES, Math.floor(recordedAt / 2 ** 32));
    view.setUint32(place * ENTRY_BYTES + 2, recordedAt % 2 ** 32);
    bytes.set(commitment, place * ENTRY_BYTES + TIME_BYTES);
  }
  return bytes;
}

/**
 * Returns the entries of a stored bundle.
 * @throws RangeError if the row is damaged: the bytes end within an entry, or no run gives the ID of an entry
 */
export function unpackEntries({ number, entries, runs }: BundleRow): LogEntry[] {
  if (entries.length % ENTRY_BYTES > 0) throw new RangeError(`bundle ${number} ends within an entry`);
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  return Array.from({ length: entries.length / ENTRY_BYTES }, (_, place) => {
    const at = place * ENTRY_BYTES;
    return {
      eventId: eventIdAt(number * TILE_WIDTH + place, runs),
      recordedAt: view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2),
      commitment: entries.slice(at + TIME_BYTES, at + ENTRY_BYTES),
    };
  });
}

/** Returns the event ID of the entry at an index. `runs` must be in ascending order. */
function eventIdAt(index: number, runs: readonly LogRun[]): number {
  const run = runs.findLast(({ first_index }) => first_index <= index);
  if (run === undefined) throw new RangeError(`no run holds the entry at index ${index}`);
  return run.first_event_id + index - run.first_index;
}
