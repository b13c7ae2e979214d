import type { Context } from "../../context.ts";
import { findLogState, type LogState } from "../../store/log/log-state.ts";
import type { SignerKey } from "../../tlog/note-key.ts";
import { hintLogAgain } from "../hint-log.ts";
import { appendEvents } from "./append-events.ts";
import { cosignNewest } from "./collect-cosignatures.ts";
import { ContradictoryCopy, readCopiedHead, type CopiedHead } from "./copied-head.ts";
import { DamagedTree, NEW_STATE } from "./plan-append.ts";
import { publishCheckpoint } from "./publish-checkpoint.ts";
import { publishWithCopy } from "./publish-with-copy.ts";
import { stopLog } from "./stop-log.ts";
import { takeOverCopy } from "./take-over-copy.ts";

/**
 * The maximum number of append steps in an invocation. These steps append 100,000 events in about 400 queries, and D1
 * allows an invocation 1,000 queries.
 */
const MAX_STEPS = 40;

/**
 * Brings the log up to date. Takes over the entries that only the copy has, appends the events that have no entry yet,
 * publishes a checkpoint, and asks the witnesses to cosign it in the background. The first checkpoint waits until the
 * whole history is in the log. Does nothing without LOG_KEY. While the log is stopped, appends and publishes nothing.
 * @throws AppError `misconfigured`, if LOG_KEY is bad; `unavailable`, if D1 or the bucket does not respond
 */
export async function advanceLog(context: Context): Promise<void> {
  const { logKey } = context.config;
  if (logKey === undefined) return;
  try {
    const isDone = await advance(context, logKey);
    if (!isDone) await hintLogAgain(context);
  } catch (error) {
    if (!(error instanceof ContradictoryCopy || error instanceof DamagedTree)) throw error;
    await stopLog(context, error.message);
  }
  context.background(cosignNewest(context, logKey));
}

/** Returns false if another invocation should continue the work. */
async function advance(context: Context, key: SignerKey): Promise<boolean> {
  const { logCopy: copy, db } = context;
  // The copy is read before D1. So the copy's tree is larger than D1's tree only if D1 was restored.
  const copied = await copy?.findCheckpoint();
  let head: CopiedHead | undefined;
  if (copy !== undefined && copied !== undefined) {
    const state = (await findLogState(db)) ?? NEW_STATE;
    if (state.stopped_reason !== null) return true;
    head = await readCopiedHead(copied, key.verifier, state.checkpoint);
    const isLevel = state.size >= head.size || (await takeOverCopy(context, { copy, head }, state));
    if (!isLevel) return false;
  }
  const { state, entries, isMore } = await appendEvents(context, MAX_STEPS);
  if (entries > 0) context.log({ event: "log_appended", entries, size: state.size, is_more: isMore });
  if (state.stopped_reason !== null) return true;
  const isPublished = (isMore && state.checkpoint === null) || (await publish(context, key, state, head));
  return isPublished && !isMore;
}

async function publish(
  context: Context,
  key: SignerKey,
  state: LogState,
  head: CopiedHead | undefined,
): Promise<boolean> {
  const { logCopy: copy } = context;
  if (copy !== undefined) return publishWithCopy(context, { key, copy, head }, state);
  await publishCheckpoint(context, key, state);
  return true;
}
