import type { Database } from "../database.ts";

/** A witness that may be asked now. */
export interface WitnessTurn {
  /** Its verifier key. */
  witness: string;
  /** Of the tree that it has cosigned last. */
  size: number;
}

/** What is asked of witnesses: which of them, by their verifier keys, for the checkpoint of which log and size. */
export interface WitnessQuestion {
  origin: string;
  witnesses: readonly string[];
  size: number;
}

/**
 * Takes the turns of the witnesses that have not cosigned this checkpoint, and were not asked since `askedBefore`: of
 * two invocations at once only one asks. A witness that is new waits for its turn beside the others, so that their
 * cosignatures are of the same checkpoints.
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
  /** The checkpoint as the log signed it. */
  checkpoint: string;
  size: number;
  /** Signature lines. */
  cosignature: string;
  /** Milliseconds since 1970, by the witness's clock. */
  cosignedAt: number;
}

/** A cosignature of an older checkpoint than the stored one changes nothing: it came late. */
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

/** `size`: of the tree that the witness has cosigned last, if it has said so. */
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

/** What a witness has cosigned last, and why it has not cosigned more. */
export interface WitnessState {
  witness: string;
  /** 0: it was not asked yet. */
  askedAt: number;
  cosigned: Cosigned | undefined;
  failure: string | undefined;
}

/** Of these witnesses, those that were ever asked. */
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
