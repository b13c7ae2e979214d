import type { Database } from "../../store/database.ts";
import { findProvableEvent } from "../../store/log/provable-event.ts";
import type { Reader } from "../access/roles.ts";
import { getVisible } from "../events/get-event.ts";

export interface ProvableEvent {
  id: string;
  /** As it is served, byte for byte. */
  json: string;
  /** 32 bytes. Undefined: it was destroyed. */
  opening: Uint8Array<ArrayBuffer> | undefined;
  /** Of its entry in the tree, which the newest checkpoint may not cover yet. Undefined: it has no entry yet. */
  index: number | undefined;
}

/** @throws AppError `not-found`, as `getEvent`. */
export async function getProvableEvent(db: Database, reader: Reader, id: string): Promise<ProvableEvent> {
  const row = await getVisible(reader, id, (known) => findProvableEvent(db, known));
  return {
    id: `${row.id}`,
    json: row.json,
    opening: row.opening === "" ? undefined : Uint8Array.fromHex(row.opening),
    index: row.log_index ?? undefined,
  };
}
