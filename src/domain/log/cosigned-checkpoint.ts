import { listWitnessStates, type Cosigned } from "../../store/log/witness-rows.ts";
import type { Database } from "../../store/database.ts";
import { formatVerifierKey } from "../../tlog/note-key.ts";
import type { Witness } from "./ask-for-cosignature.ts";

/** A checkpoint with the signature lines of the log and of witnesses. */
export interface CosignedCheckpoint {
  note: string;
  size: number;
}

/**
 * Returns the newest checkpoint that any of these witnesses has cosigned, with the cosignatures of all witnesses that
 * have cosigned it. Returns undefined if no witness has cosigned a checkpoint yet.
 */
export async function findCosignedCheckpoint(
  db: Database,
  { origin, witnesses }: { origin: string; witnesses: readonly Witness[] },
): Promise<CosignedCheckpoint | undefined> {
  const keys = witnesses.map(({ key }) => formatVerifierKey(key));
  const states = await listWitnessStates(db, { origin, witnesses: keys });
  const cosigned = states.map((state) => state.cosigned).filter((one) => one !== undefined);
  const newest = cosigned.toSorted((one, other) => other.size - one.size)[0];
  return newest && { note: withCosignatures(newest, cosigned), size: newest.size };
}

/**
 * Adds the cosignatures of a checkpoint to its note. C2SP signed-note, "Format": a note may have several signature
 * lines.
 */
function withCosignatures({ checkpoint, size }: Cosigned, all: readonly Cosigned[]): string {
  return checkpoint + all.flatMap((one) => (one.size === size ? [one.cosignature] : [])).join("");
}
