import type { LogCopy } from "../../bucket/log-copy.ts";
import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { findLogState } from "../../store/log/log-state.ts";
import { raiseIds } from "../../store/log/raise-ids.ts";
import { lastCopiedEventId } from "./copied-entries.ts";
import type { CopiedHead } from "./copied-head.ts";

const CHECKED_EVERY_MS = 60_000;

/**
 * Prevents that an ID is given twice after D1 was restored to an earlier time. An isolate detects a restore in two
 * ways: the copy is larger than D1's tree, or D1 would give an ID that is not above `lastKnownId`.
 */
export class IdGuard {
  #lastKnownId = 0;
  #checkedAt = Number.NEGATIVE_INFINITY;

  /**
   * Each recording of this isolate has a first event. This is the highest ID of these events, or 0 before any
   * recording.
   */
  get lastKnownId(): number {
    return this.#lastKnownId;
  }

  know(eventId: number): void {
    this.#lastKnownId = Math.max(this.#lastKnownId, eventId);
  }

  /**
   * Raises the IDs if the copy is larger than D1's tree. Must be called before a recording. Looks at the copy before
   * the isolate's first recording, and then at most once a minute. If the bucket does not respond, or the copy is
   * damaged, the recording goes on, because producers do not depend on the copy.
   */
  async check(context: Context): Promise<void> {
    const now = context.now();
    if (context.logCopy === undefined || now - this.#checkedAt < CHECKED_EVERY_MS) return;
    // Meanwhile, other requests go on without a check. Before the isolate's first check has ended, each request does
    // its own check.
    if (this.#checkedAt !== Number.NEGATIVE_INFINITY) this.#checkedAt = now;
    const head = await context.copyWatch.look(context, CHECKED_EVERY_MS);
    if (head !== undefined) await raiseIfBehind(context, { copy: context.logCopy, head });
    this.#checkedAt = now;
  }

  /** Raises the IDs after D1 refused a recording, because D1 would have given an ID that this isolate knows. */
  async raise(context: Context): Promise<void> {
    await raiseIdsAbove(context, this.#lastKnownId);
  }
}

async function raiseIfBehind(context: Context, { copy, head }: { copy: LogCopy; head: CopiedHead }): Promise<void> {
  const size = (await findLogState(context.db))?.size ?? 0;
  if (size >= head.size) return;
  let eventId: number;
  try {
    eventId = await lastCopiedEventId(copy, head);
  } catch (error) {
    context.log({ event: "log_copy_failed", ...errorFields(error) });
    return;
  }
  await raiseIdsAbove(context, eventId);
}

/**
 * Raises the IDs after a restore of D1. Before the restore, D1 may have given the IDs up to `eventId` to events that
 * are lost now. These IDs are not given again.
 */
export async function raiseIdsAbove({ db, log }: Pick<Context, "db" | "log">, eventId: number): Promise<void> {
  if (await raiseIds(db, eventId)) log({ event: "ids_raised", event_id: eventId });
}
