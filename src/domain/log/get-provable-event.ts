import { locateProvableEvent } from "../../store/log/provable-event.ts";
import type { Reader } from "../access/roles.ts";
import { readLocated } from "../archive/archived-events.ts";
import type { Reading } from "../archive/reading.ts";
import { getVisible } from "../events/get-event.ts";

export interface ProvableEvent {
  id: string;
  /** The event as it is served, byte for byte. */
  json: string;
  /** 32 bytes. Undefined if the opening was destroyed. */
  opening: Uint8Array<ArrayBuffer> | undefined;
  /**
   * The index of the event's entry in the tree. The newest checkpoint may not cover this entry yet. Undefined if the
   * event has no entry yet.
   */
  index: number | undefined;
}

/**
 * Returns an event, if the reader may see the event.
 * @throws AppError `not-found` and `unavailable`, in the same cases as `getEvent`.
 */
export async function getProvableEvent(reading: Reading, reader: Reader, id: string): Promise<ProvableEvent> {
  const row = await getVisible(reader, id, (known) => findProvable(reading, known));
  return {
    id: `${row.id}`,
    json: row.json,
    opening: row.opening === "" ? undefined : Uint8Array.fromHex(row.opening),
    index: row.log_index ?? undefined,
  };
}

async function findProvable(reading: Reading, id: string) {
  const { located, archived } = await readLocated(reading, () => locateProvableEvent(reading.db, id));
  const [row] = located;
  if (row === undefined) return undefined;
  const { json, opening, log_index } = row;
  if (json !== null) return { id: row.id, json, opening, log_index };
  return archived.map((event) => ({ ...event, log_index }))[0];
}
