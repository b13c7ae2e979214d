import type { Context } from "../../context.ts";
import { hintLogAgain } from "../hint-log.ts";
import { appendEvents } from "./append-events.ts";
import { publishCheckpoint } from "./publish-checkpoint.ts";

/** 100,000 events, in some 400 queries of the 1,000 that D1 allows an invocation. */
const MAX_STEPS = 40;

/**
 * Brings the log up to date: appends what was recorded, then publishes. The first checkpoint waits until the whole history
 * is in the log. Does nothing without LOG_KEY, and while the log is stopped.
 * @throws AppError `misconfigured`, if LOG_KEY is bad
 */
export async function advanceLog(context: Context): Promise<void> {
  const { logKey } = context.config;
  if (logKey === undefined) return;
  const { state, entries, isMore } = await appendEvents(context, MAX_STEPS);
  if (entries > 0) context.log({ event: "log_appended", entries, size: state.size, is_more: isMore });
  if (state.stopped_reason !== null) return;
  if (!isMore || state.checkpoint !== null) await publishCheckpoint(context, logKey, state);
  if (isMore) await hintLogAgain(context);
}
