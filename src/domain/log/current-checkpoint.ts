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
  | { kind: "pending"; isStopped: boolean } // events are recorded, but the log has never caught up
  | { kind: "checkpoint"; note: string; size: number; at: number; isStopped: boolean };

/** @throws AppError `misconfigured`, if LOG_KEY is bad */
export async function currentCheckpoint(context: Context, db: Database): Promise<CurrentCheckpoint> {
  return readCurrentCheckpoint(context, await run(newestCheckpointQuery(db)));
}

/** For a round trip that carries more than `newestCheckpointQuery`. */
export function readCurrentCheckpoint(context: Context, newest: NewestCheckpoint): CurrentCheckpoint {
  const { logKey } = context.config;
  if (logKey === undefined) return { kind: "none" };
  const isStopped = newest.stopped_reason !== null;
  if (newest.checkpoint !== null) {
    const { checkpoint: note, checkpoint_size: size, checkpoint_at: at } = newest;
    return { kind: "checkpoint", note, size, at, isStopped };
  }
  if (!isStopped) context.background(hintLog(context));
  if (newest.has_events === 1 || isStopped) return { kind: "pending", isStopped };
  return { kind: "checkpoint", note: signCheckpoint(logKey, EMPTY_TREE), size: 0, at: context.now(), isStopped };
}
