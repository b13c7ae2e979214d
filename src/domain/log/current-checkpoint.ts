import type { Context } from "../../context.ts";
import type { Database } from "../../store/database.ts";
import { newestCheckpointQuery, type NewestCheckpoint } from "../../store/log/newest-checkpoint.ts";
import { run } from "../../store/query.ts";
import { hintLog } from "../hint-log.ts";
import { EMPTY_TREE } from "./plan-append.ts";
import { signCheckpoint } from "./publish-checkpoint.ts";

/** The newest checkpoint, if there is one. `isStopped`: there will be no newer one until an operator lets the log go on. */
export type CurrentCheckpoint =
  | { kind: "none" } // no LOG_KEY
  | { kind: "pending"; isStopped: boolean } // the log has never caught up, or has not since D1 was restored
  | { kind: "checkpoint"; note: string; size: number; at: number; isStopped: boolean };

/** So long, a checkpoint that is older than the copy's may be shown after a restore of D1. */
const COPY_MAX_AGE_MS = 5_000;

/** @throws AppError `misconfigured`, if LOG_KEY is bad */
export async function currentCheckpoint(context: Context, db: Database): Promise<CurrentCheckpoint> {
  if (context.config.logKey !== undefined) await lookAtCopy(context);
  return readCurrentCheckpoint(context, await run(newestCheckpointQuery(db)));
}

/** Before D1 is read: the copy is never ahead of what D1 has then, unless D1 was restored. */
export async function lookAtCopy(context: Context): Promise<void> {
  await context.copyWatch.look(context, COPY_MAX_AGE_MS);
}

/** For a round trip that carries more than `newestCheckpointQuery`, after `lookAtCopy`. */
export function readCurrentCheckpoint(context: Context, newest: NewestCheckpoint): CurrentCheckpoint {
  const { logKey } = context.config;
  if (logKey === undefined) return { kind: "none" };
  const isStopped = newest.stopped_reason !== null;
  const ahead = isStopped ? undefined : findNewerInCopy(context, newest);
  if (ahead !== undefined) return ahead;
  if (newest.checkpoint !== null) {
    const { checkpoint: note, checkpoint_size: size, checkpoint_at: at } = newest;
    return { kind: "checkpoint", note, size, at, isStopped };
  }
  if (!isStopped) context.background(hintLog(context));
  if (newest.has_events === 1 || isStopped) return { kind: "pending", isStopped };
  return { kind: "checkpoint", note: signCheckpoint(logKey, EMPTY_TREE), size: 0, at: context.now(), isStopped };
}

/**
 * What the copy has more than D1. D1 follows within moments, unless it was restored to an earlier time: then nothing is
 * shown until it has taken over the copy.
 */
function findNewerInCopy(context: Context, newest: NewestCheckpoint): CurrentCheckpoint | undefined {
  const { head } = context.copyWatch;
  if (head === undefined || head.size <= (newest.checkpoint === null ? -1 : newest.checkpoint_size)) return undefined;
  const { note, size, writtenAt: at } = head;
  if (newest.size >= size) return { kind: "checkpoint", note, size, at, isStopped: false };
  context.background(hintLog(context));
  return { kind: "pending", isStopped: false };
}
