import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { formatEntryProof } from "../../tlog/entry-proof.ts";
import type { Reader } from "../access/roles.ts";
import { chooseCheckpoint, retryAfter, type CheckpointChoice } from "./choose-checkpoint.ts";
import { getProvableEvent, type ProvableEvent } from "./get-provable-event.ts";
import { readTiles } from "./read-tiles.ts";
import { proveInclusion } from "./tree-proofs.ts";

export interface ProvedEvent {
  event: ProvableEvent;
  /** The proof in the format of C2SP tlog-proof, with the opening as `extra`. */
  proof: string;
}

/**
 * Proves that the event is in the log, in at most three rounds of queries at any size of the log. The queries for the
 * event and the queries for the checkpoint run at the same time. After them, one round reads all tiles.
 * @throws AppError `not-found` if there is no log, if the reader may not see the event, or if its opening was
 * destroyed; `conflict` while no checkpoint of the chosen kind covers the event.
 */
export async function proveEvent(
  context: Context,
  reader: Reader,
  id: string,
  choice: CheckpointChoice,
): Promise<ProvedEvent> {
  const { db } = context;
  const [event, chosen] = await Promise.all([getProvableEvent(context, reader, id), chooseCheckpoint(context, choice)]);
  if (event.opening === undefined) {
    throw new AppError(
      "not-found",
      "The opening of this event was destroyed, so nothing can be proved about it any more.",
    );
  }
  const { index } = event;
  if (index === undefined || chosen.kind === "pending" || index >= chosen.size) {
    throw new AppError("conflict", notCovered(chosen.isStopped, choice), { headers: retryAfter(chosen, choice) });
  }
  const hashes = await proveInclusion(index, chosen.size, (tiles) => readTiles(db, tiles));
  return { event, proof: formatEntryProof({ extra: event.opening, index, hashes, checkpoint: chosen.note }) };
}

function notCovered(isStopped: boolean, { cosigned }: CheckpointChoice): string {
  const what = `No ${cosigned ? "cosigned " : ""}checkpoint covers this event yet`;
  return isStopped ? `${what}, and the log is stopped.` : `${what}. Try again after the time in Retry-After.`;
}
