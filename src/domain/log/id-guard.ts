import type { LogCopy } from "../../bucket/log-copy.ts";
import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { findLogState } from "../../store/log/log-state.ts";
import { raiseIds } from "../../store/log/raise-ids.ts";
import { lastCopiedEventId } from "./copied-entries.ts";
import type { CopiedHead } from "./copied-head.ts";

const CHECKED_EVERY_MS = 60_000;

/**
 * Keeps IDs from being given twice after D1 was restored to an earlier time. An isolate knows of a restore if the copy is
 * larger than D1's tree, and if D1 would give an ID that is not above those of the events that the isolate has recorded.
 */
export class IdGuard {
  #lastKnownId = 0;
  #checkedAt = Number.NEGATIVE_INFINITY;

  /** The highest ID that a request of this isolate has recorded first; 0 if there was none. */
  get lastKnownId(): number {
    return this.#lastKnownId;
  }

  know(eventId: number): void {
    this.#lastKnownId = Math.max(this.#lastKnownId, eventId);
  }

  /**
   * Before a recording: looks at the copy, at most once a minute, but before the isolate's first recording. If the bucket
   * does not respond, or what lies there is damaged, the recording goes on: producers do not depend on it.
   */
  async check(context: Context): Promise<void> {
    const now = context.now();
    if (context.logCopy === undefined || now - this.#checkedAt < CHECKED_EVERY_MS) return;
    // Requests at the same time need not check too; but none goes on before the first check.
    if (this.#checkedAt !== Number.NEGATIVE_INFINITY) this.#checkedAt = now;
    const head = await context.copyWatch.look(context, CHECKED_EVERY_MS);
    if (head !== undefined) await raiseIfBehind(context, { copy: context.logCopy, head });
    this.#checkedAt = now;
  }

  /** After a recording was refused because D1 would have given an ID that this isolate knows. */
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

/** After a restore of D1, the IDs of events that it does not know may have been given: they are not given again. */
export async function raiseIdsAbove({ db, log }: Pick<Context, "db" | "log">, eventId: number): Promise<void> {
  if (await raiseIds(db, eventId)) log({ event: "ids_raised", event_id: eventId });
}
