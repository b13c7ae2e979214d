import type { Database } from "../../store/database.ts";
import { findProvableEvent } from "../../store/log/provable-event.ts";
import type { Reader } from "../access/roles.ts";
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
 * @throws AppError `not-found`, in the same cases as `getEvent`.
 */
export async function getProvableEvent(db: Database, reader: Reader, id: string): Promise<ProvableEvent> {
  const row = await getVisible(reader, id, (known) => findProvableEvent(db, known));
  return {
    id: `${row.id}`,
    json: row.json,
    opening: row.opening === "" ? undefined : Uint8Array.fromHex(row.opening),
    index: row.log_index ?? undefined,
  };
}
