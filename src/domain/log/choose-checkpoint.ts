import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { findCosignedCheckpoint } from "./cosigned-checkpoint.ts";
import { currentCheckpoint, type CurrentCheckpoint } from "./current-checkpoint.ts";
import { requireLog } from "./require-log.ts";

/**
 * The choice between the newest checkpoint and the newest checkpoint that a witness has cosigned. Without witnesses,
 * the two are the same.
 */
export interface CheckpointChoice {
  cosigned: boolean;
}

export type KnownCheckpoint = Exclude<CurrentCheckpoint, { kind: "none" }>;

/** A new checkpoint is usually published within this time. */
const PUBLISH_SECONDS = 2;
/** Each witness is asked at most once a minute. */
const COSIGN_SECONDS = 60;

/**
 * Returns the chosen checkpoint. The result is `pending` if there is no such checkpoint yet.
 * @throws AppError `not-found` if there is no log.
 */
export async function chooseCheckpoint(context: Context, { cosigned }: CheckpointChoice): Promise<KnownCheckpoint> {
  const { config, db } = context;
  const { name: origin } = requireLog(config).verifier;
  const witnesses = cosigned ? config.logWitnesses : [];
  const [current, found] = await Promise.all([
    currentCheckpoint(context, db),
    witnesses.length === 0 ? undefined : findCosignedCheckpoint(db, { origin, witnesses }),
  ]);
  if (current.kind === "none") throw new Error("there is a log without a checkpoint");
  if (witnesses.length === 0 || current.kind === "pending") return current;
  return found === undefined ? { kind: "pending", isStopped: current.isStopped } : { ...current, ...found };
}

/**
 * Returns the header that says how long a caller should wait for a checkpoint that covers more entries. Returns no
 * header while the log is stopped, because nobody knows how long the caller must wait.
 */
export function retryAfter({ isStopped }: KnownCheckpoint, { cosigned }: CheckpointChoice): Record<string, string> {
  return isStopped ? {} : { "Retry-After": `${cosigned ? COSIGN_SECONDS : PUBLISH_SECONDS}` };
}

/**
 * Returns the chosen checkpoint as a signed note.
 * @throws AppError `not-found` if there is no log; `unavailable` while there is no such checkpoint.
 */
export async function getCheckpoint(context: Context, choice: CheckpointChoice): Promise<string> {
  const chosen = await chooseCheckpoint(context, choice);
  if (chosen.kind === "checkpoint") return chosen.note;
  throw new AppError("unavailable", `The log has no ${choice.cosigned ? "cosigned " : ""}checkpoint yet.`, {
    headers: retryAfter(chosen, choice),
  });
}
