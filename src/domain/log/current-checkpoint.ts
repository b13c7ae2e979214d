import type { Context } from "../../context.ts";
import type { Database } from "../../store/database.ts";
import { newestCheckpointQuery, type NewestCheckpoint } from "../../store/log/newest-checkpoint.ts";
import { run } from "../../store/query.ts";
import { hintLog } from "../hint-log.ts";
import { EMPTY_TREE } from "./plan-append.ts";
import { signCheckpoint } from "./publish-checkpoint.ts";

/**
 * The newest checkpoint, if there is one. If `isStopped` is true, there will be no newer checkpoint until an operator
 * lets the log go on.
 */
export type CurrentCheckpoint =
  | { kind: "none" } // no LOG_KEY
  | { kind: "pending"; isStopped: boolean } // not caught up with the history yet, or with the copy after a restore
  | { kind: "checkpoint"; note: string; size: number; at: number; isStopped: boolean };

/** After a restore of D1, a checkpoint that is older than the copy's may be shown for this time. */
const COPY_MAX_AGE_MS = 5_000;

/**
 * Returns the newest checkpoint that may be shown.
 * @throws AppError `misconfigured`, if LOG_KEY is bad
 */
export async function currentCheckpoint(context: Context, db: Database): Promise<CurrentCheckpoint> {
  if (context.config.logKey !== undefined) await lookAtCopy(context);
  return readCurrentCheckpoint(context, await run(newestCheckpointQuery(db)));
}

/**
 * Reads the copy's checkpoint, if the isolate has not just done so. Must be called before D1 is read. Then the copy's
 * tree is larger than D1's tree only if D1 was restored.
 */
export async function lookAtCopy(context: Context): Promise<void> {
  await context.copyWatch.look(context, COPY_MAX_AGE_MS);
}

/**
 * Returns the current checkpoint, for a caller that runs `newestCheckpointQuery` together with other queries. The
 * caller must call `lookAtCopy` before.
 */
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
 * Returns undefined if the copy's checkpoint is not newer than D1's checkpoint. Otherwise returns the copy's checkpoint,
 * which D1 usually gets within moments. But if D1 was restored to an earlier time, returns `pending` until D1 has taken
 * over the copy.
 */
function findNewerInCopy(context: Context, newest: NewestCheckpoint): CurrentCheckpoint | undefined {
  const { head } = context.copyWatch;
  if (head === undefined || head.size <= (newest.checkpoint === null ? -1 : newest.checkpoint_size)) return undefined;
  const { note, size, writtenAt: at } = head;
  if (newest.size >= size) return { kind: "checkpoint", note, size, at, isStopped: false };
  context.background(hintLog(context));
  return { kind: "pending", isStopped: false };
}
