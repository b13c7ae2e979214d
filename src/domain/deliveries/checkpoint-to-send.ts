import type { Context } from "../../context.ts";
import type { NewestCheckpoint } from "../../store/log/newest-checkpoint.ts";
import { hasLog } from "../log/require-log.ts";
import { currentCheckpoint, readCurrentCheckpoint, type CurrentCheckpoint } from "../log/current-checkpoint.ts";

/** The checkpoint for the webhooks of a claim, or undefined if there is none. */
export function checkpointToSend(context: Context, newest: NewestCheckpoint): string | undefined {
  return hasLog(context.config) ? noteOf(readCurrentCheckpoint(context, newest)) : undefined;
}

/** The checkpoint for a message without a claim. */
export async function readCheckpointToSend(context: Context): Promise<string | undefined> {
  return hasLog(context.config) ? noteOf(await currentCheckpoint(context, context.db)) : undefined;
}

function noteOf(current: CurrentCheckpoint): string | undefined {
  return current.kind === "checkpoint" ? current.note : undefined;
}
