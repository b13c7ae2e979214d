import type { Database } from "../database.ts";

/** A witness that may be asked for a cosignature now. */
export interface WitnessTurn {
  /** The verifier key of the witness. */
  witness: string;
  /** The size of the tree that the witness cosigned last. */
  size: number;
}

/**
 * The origin and the size of a checkpoint, and the verifier keys of the witnesses that should cosign the checkpoint.
 */
export interface WitnessQuestion {
  origin: string;
  witnesses: readonly string[];
  size: number;
}

/**
 * Claims the witnesses that have not cosigned this checkpoint, and that were not asked after `askedBefore`. If two
 * invocations do this at the same time, each witness is claimed by only one of them. A new witness waits until the
 * other witnesses are due, so that all of them cosign the same checkpoints.
 */
export async function claimWitnesses(
  db: Database,
  { origin, witnesses, size }: WitnessQuestion,
  { now, askedBefore }: { now: number; askedBefore: number },
): Promise<WitnessTurn[]> {
  const list = JSON.stringify(witnesses);
  const [, claimed] = await db.batch<WitnessTurn>([
    db
      .prepare(
        `INSERT INTO log_witnesses (origin, witness, asked_at)
         SELECT ?1, value, coalesce((SELECT max(asked_at) FROM log_witnesses
           WHERE origin = ?1 AND witness IN (SELECT value FROM json_each(?2))), 0)
         FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING`,
      )
      .bind(origin, list),
    db
      .prepare(
        `UPDATE log_witnesses SET asked_at = ?3
         WHERE origin = ?1 AND witness IN (SELECT value FROM json_each(?2))
           AND (checkpoint_size IS NULL OR checkpoint_size < ?5) AND asked_at <= ?4
         RETURNING witness, size`,
      )
      .bind(origin, list, now, askedBefore, size),
  ]);
  return claimed?.results ?? [];
}

type WitnessKey = Omit<WitnessTurn, "size"> & { origin: string };

export interface Cosigned {
  /** The checkpoint as the log signed it, without cosignatures. */
  checkpoint: string;
  size: number;
  /** The signature lines of the witness. */
  cosignature: string;
  /** Milliseconds since 1970, by the witness's clock. */
  cosignedAt: number;
}

/**
 * Stores a cosignature. Changes nothing if a cosignature of this checkpoint or of a newer checkpoint is already stored,
 * because then the new cosignature came late.
 */
export async function markCosigned(db: Database, { origin, witness }: WitnessKey, cosigned: Cosigned): Promise<void> {
  const { checkpoint, size, cosignature, cosignedAt } = cosigned;
  await db
    .prepare(
      `UPDATE log_witnesses SET size = ?3, checkpoint = ?4, checkpoint_size = ?3, cosignature = ?5, cosigned_at = ?6,
         failure = NULL
       WHERE origin = ?1 AND witness = ?2 AND (checkpoint_size IS NULL OR checkpoint_size < ?3)`,
    )
    .bind(origin, witness, size, checkpoint, cosignature, cosignedAt)
    .run();
}

/**
 * Stores why a witness did not cosign. `size` is the size of the tree that the witness cosigned last, if the witness
 * has responded with this size.
 */
export async function markNotCosigned(
  db: Database,
  { origin, witness }: WitnessKey,
  { failure, size }: { failure: string; size: number | undefined },
): Promise<void> {
  await db
    .prepare("UPDATE log_witnesses SET failure = ?3, size = coalesce(?4, size) WHERE origin = ?1 AND witness = ?2")
    .bind(origin, witness, failure, size ?? null)
    .run();
}

/** The newest cosignature of a witness, and why the witness did not cosign a newer checkpoint. */
export interface WitnessState {
  witness: string;
  /**
   * Milliseconds since 1970. A witness that was never asked has the time when the other witnesses were asked last, or
   * 0.
   */
  askedAt: number;
  cosigned: Cosigned | undefined;
  failure: string | undefined;
}

/** Returns the states of these witnesses. Leaves out a witness that has never been among the witnesses to ask. */
export async function listWitnessStates(
  db: Database,
  { origin, witnesses }: Omit<WitnessQuestion, "size">,
): Promise<WitnessState[]> {
  const { results } = await db
    .prepare(
      `SELECT witness, asked_at, checkpoint, checkpoint_size, cosignature, cosigned_at, failure FROM log_witnesses
       WHERE origin = ? AND witness IN (SELECT value FROM json_each(?)) ORDER BY witness`,
    )
    .bind(origin, JSON.stringify(witnesses))
    .all<WitnessRow>();
  return results.map(toState);
}

interface WitnessRow {
  witness: string;
  asked_at: number;
  checkpoint: string | null;
  checkpoint_size: number | null;
  cosignature: string | null;
  cosigned_at: number | null;
  failure: string | null;
}

function toState(row: WitnessRow): WitnessState {
  const { checkpoint, checkpoint_size: size, cosignature, cosigned_at: cosignedAt } = row;
  const isCosigned = checkpoint !== null && size !== null && cosignature !== null && cosignedAt !== null;
  return {
    witness: row.witness,
    askedAt: row.asked_at,
    cosigned: isCosigned ? { checkpoint, size, cosignature, cosignedAt } : undefined,
    failure: row.failure ?? undefined,
  };
}
