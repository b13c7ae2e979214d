import type { Context } from "../../context.ts";
import { inParallel } from "../../lib/in-parallel.ts";
import { errorFields } from "../../lib/log.ts";
import { MINUTE_MS } from "../../lib/time.ts";
import { findLogState } from "../../store/log/log-state.ts";
import { claimWitnesses, markCosigned, markNotCosigned, type WitnessTurn } from "../../store/log/witness-rows.ts";
import { formatVerifierKey, type SignerKey } from "../../tlog/note-key.ts";
import { parseNote } from "../../tlog/signed-note.ts";
import { askForCosignature, type CosignatureResult, type Submission, type Witness } from "./ask-for-cosignature.ts";
import { NEW_STATE } from "./plan-append.ts";
import { readTiles } from "./read-tiles.ts";
import { proveConsistency } from "./tree-proofs.ts";

/** Each witness is asked at most once in this time. */
const ASKED_EVERY_MS = MINUTE_MS;
const TIMEOUT_SECONDS = 5;
/** An invocation has six connections. Two of them are left for the queue and the bucket. */
const MAX_CONNECTIONS = 4;

/**
 * Asks each witness that is due and has not cosigned this checkpoint. The witnesses are asked independently, so a witness
 * that does not respond delays no other. Each response is stored as soon as it arrives.
 */
export async function collectCosignatures(
  context: Context,
  { origin, witnesses }: { origin: string; witnesses: readonly Witness[] },
  submission: Submission,
  timeoutSeconds = TIMEOUT_SECONDS,
): Promise<void> {
  if (witnesses.length === 0) return;
  const byKey = new Map(witnesses.map((witness) => [formatVerifierKey(witness.key), witness]));
  const now = context.now();
  const question = { origin, witnesses: [...byKey.keys()], size: submission.size };
  const turns = await claimWitnesses(context.db, question, { now, askedBefore: now - ASKED_EVERY_MS });
  const results = await inParallel(turns, MAX_CONNECTIONS, async (turn) => {
    const witness = byKey.get(turn.witness);
    return witness && ask(context, { origin, witness, turn }, submission, timeoutSeconds);
  });
  const cosigned = results.filter((result) => result?.kind === "cosigned").length;
  if (cosigned > 0) context.log({ event: "log_cosigned", size: submission.size, witnesses: cosigned });
}

/** Asks the log's witnesses, if there are any, to cosign the newest checkpoint in D1. Never throws. */
export async function cosignNewest(context: Context, key: SignerKey): Promise<void> {
  const { db, log } = context;
  try {
    const witnesses = context.config.logWitnesses;
    if (witnesses.length === 0) return;
    const { checkpoint: note, checkpoint_size: size } = (await findLogState(db)) ?? NEW_STATE;
    const text = note === null ? undefined : parseNote(note)?.text;
    if (note === null || text === undefined) return;
    const proveFrom = (oldSize: number) => proveConsistency(oldSize, size, (tiles) => readTiles(db, tiles));
    await collectCosignatures(context, { origin: key.verifier.name, witnesses }, { note, text, size, proveFrom });
  } catch (error) {
    log({ event: "witnesses_failed", ...errorFields(error) });
  }
}

/** Asks one witness and stores the result. Returns undefined if an error is thrown, for example by D1. Never throws. */
async function ask(
  context: Context,
  { origin, witness, turn }: { origin: string; witness: Witness; turn: WitnessTurn },
  submission: Submission,
  timeoutSeconds: number,
): Promise<CosignatureResult | undefined> {
  const row = { origin, witness: turn.witness };
  const failed = { event: "witness_failed", witness: witness.key.name, origin: new URL(witness.url).origin } as const;
  try {
    const result = await askForCosignature(context, { witness, knownSize: turn.size }, submission, timeoutSeconds);
    if (result.kind === "cosigned") {
      const { lines: cosignature, cosignedAt } = result;
      const { note: checkpoint, size } = submission;
      await markCosigned(context.db, row, { checkpoint, size, cosignature, cosignedAt });
    } else {
      const { reason, size } = result;
      await markNotCosigned(context.db, row, { failure: reason, size });
      context.log({ ...failed, error: reason });
    }
    return result;
  } catch (error) {
    context.log({ ...failed, ...errorFields(error) });
    return undefined;
  }
}
