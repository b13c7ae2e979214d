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

/** 100,000 events, in some 400 queries of the 1,000 that D1 allows an invocation. */
const MAX_STEPS = 40;

/**
 * Brings the log up to date: takes over what the copy has more than D1, appends what was recorded, publishes, and has the
 * witnesses cosign in the background. The first checkpoint waits until the whole history is in the log. Does nothing
 * without LOG_KEY, and while the log is stopped.
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

/** Returns false if another invocation should go on. */
async function advance(context: Context, key: SignerKey): Promise<boolean> {
  const { logCopy: copy, db } = context;
  // Before D1: the copy is never ahead of what D1 has then, unless D1 was restored.
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
