import { sendBatch } from "../../channels/streams/send-batch.ts";
import type { StreamOutcome, StreamReport, StreamTarget } from "../../channels/streams/stream-batch.ts";
import type { Context } from "../../context.ts";
import type { DueStream } from "../../store/streams/due-streams.ts";
import type { MovedStream } from "../../store/streams/stream-batches.ts";
import { ArchiveUnreadable } from "../archive/read-object.ts";
import { isSpent } from "../events/stream-limits.ts";
import { describeFailure, describeUnread, logBatch, logUnread } from "./batch-report.ts";
import type { BatchSlots } from "./batch-slots.ts";
import { narrowBatch, planBatch, type NoEvents, type PlannedBatch } from "./plan-batch.ts";
import { StreamCursor } from "./stream-cursor.ts";
import { isWorthStoring, reducedBytes, retryWait, type StreamPolicy } from "./stream-policy.ts";
import { streamTarget } from "./stream-target.ts";

/** What all streams of one invocation share. */
export interface StreamsRun {
  context: Context;
  policy: StreamPolicy;
  slots: BatchSlots;
  startedAt: number;
}

/**
 * How the run of a stream ended. `more`: the invocation must end, or another stream waits. `newer`: events were recorded meanwhile. `failed`: the next
 * attempt is due after a wait. `done`: there is nothing to send, or another invocation sends it.
 */
export type Ending = { kind: "done" } | { kind: "more" } | { kind: "newer" } | { kind: "failed"; waitSeconds: number };

const DONE: Ending = { kind: "done" };

/** Sends the batches of one stream, one after another, while it is behind and the invocation has time. */
export class StreamRun {
  readonly #run: StreamsRun;
  readonly #stream: DueStream;
  readonly #target: StreamTarget;
  readonly #cursor: StreamCursor;
  #failures: number;
  /** False while the stream still waits for a slot. Then another invocation can send it. */
  hasBegun = false;

  constructor(run: StreamsRun, stream: DueStream) {
    this.#run = run;
    this.#stream = stream;
    this.#target = streamTarget(stream);
    this.#cursor = new StreamCursor(run.context, stream, run.policy.leaseMs);
    this.#failures = stream.failures;
  }

  /**
   * Sends batches until there is nothing to send, an attempt fails, or the invocation must end. Another stream that waits
   * gets the slot between two batches.
   */
  async sendUntilEnd(): Promise<Ending> {
    const isFailing = this.#stream.failing_since !== null;
    for (;;) {
      const ending = await this.#run.slots.use(isFailing, () => this.#takeTurn());
      if (ending.kind !== "more" || this.#mustEnd) return ending;
    }
  }

  /** True if another invocation should go on. */
  get #mustEnd(): boolean {
    const { context, policy, startedAt } = this.#run;
    return context.now() - startedAt > policy.maxRunMs || isSpent(context.usage);
  }

  /** Ends with `more` if another stream waits for the slot. */
  async #takeTurn(): Promise<Ending> {
    this.hasBegun = true;
    const first = await this.#planFirst();
    if ("kind" in first) return first;
    if (!("batch" in first)) return this.#passOver(first);
    let planned: PlannedBatch = first;
    let isClaimed = await this.#cursor.claim(planned.bounds);
    let reading: Promise<PlannedBatch | undefined> | undefined;
    while (isClaimed) {
      const sent = planned;
      const [{ outcome }, ahead] = await Promise.all([this.#send(sent), reading ?? this.#planAhead(sent)]);
      if (outcome.kind === "arrived") {
        const { moved, reading: begun } = await this.#goOn(sent, outcome.notice, ahead);
        if (ahead === undefined || moved?.isContinued !== true) return this.#endOf(sent, moved);
        [planned, reading] = [ahead, begun];
      } else {
        const part = this.#narrow(sent, outcome);
        if (part === undefined) return this.#fail(sent, outcome);
        [planned, reading] = [part, undefined];
        isClaimed = await this.#cursor.claim(part.bounds);
      }
    }
    return DONE;
  }

  /** Reads the batch that the turn begins with. If the archive cannot be read, the stream waits, and then tries again. */
  async #planFirst(): Promise<PlannedBatch | NoEvents | Ending> {
    const { context } = this.#run;
    try {
      return await planBatch(context, this.#stream, this.#target, this.#cursor.position);
    } catch (error) {
      if (!(error instanceof ArchiveUnreadable)) throw error;
      logUnread(context, this.#stream, error);
      const waitSeconds = retryWait(this.#failures + 1);
      await this.#cursor.markUnread(waitSeconds, describeUnread(error));
      return { kind: "failed", waitSeconds };
    }
  }

  /** Moves past a batch that has arrived. Meanwhile begins to read the batch after the one that is sent next. */
  async #goOn(
    { bounds }: PlannedBatch,
    notice: string | undefined,
    ahead: PlannedBatch | undefined,
  ): Promise<{ moved: MovedStream | undefined; reading: Promise<PlannedBatch | undefined> | undefined }> {
    this.#failures = 0;
    const moving = this.#cursor.move(bounds, notice, ahead?.bounds);
    const reading = ahead && this.#planAhead(ahead);
    const moved = await moving;
    if (moved?.isContinued !== true) await reading; // the slot is for whatever the stream does
    return { moved, reading };
  }

  async #send({ batch, bounds }: PlannedBatch): Promise<StreamReport> {
    const { context, policy } = this.#run;
    const { fetch, now, deadlines } = context;
    const startedAt = now();
    const report = await sendBatch(this.#target, batch, { ...policy, fetch, now, deadlines });
    logBatch(context, this.#target, bounds, report, now() - startedAt);
    return report;
  }

  /** Reads the batch after this one. The result is undefined if that batch must not follow at once. Never rejects. */
  async #planAhead({ hasMore, bounds }: PlannedBatch): Promise<PlannedBatch | undefined> {
    const { context, slots } = this.#run;
    const { position } = this.#cursor;
    const isSuspected = position.refusedUpTo >= bounds.firstId;
    if (!hasMore || isSuspected || this.#failures > 0 || slots.isContended || this.#mustEnd) return undefined;
    try {
      const next = { ...position, after: bounds.lastId, stored: undefined };
      const planned = await planBatch(context, this.#stream, this.#target, next);
      return "batch" in planned ? planned : undefined;
    } catch {
      return undefined; // the next turn reads it again, and then the error counts
    }
  }

  #endOf({ hasMore }: PlannedBatch, moved: MovedStream | undefined): Ending {
    if (moved === undefined) return DONE;
    if (hasMore) return { kind: "more" };
    return moved.newestId > this.#stream.newest_id ? { kind: "newer" } : DONE;
  }

  /** Returns a part of a batch that was too large or refused. Undefined if a smaller batch would not help. */
  #narrow(sent: PlannedBatch, outcome: Exclude<StreamOutcome, { kind: "arrived" }>): PlannedBatch | undefined {
    if (outcome.kind === "retry") return undefined;
    const part = narrowBatch(this.#run.context, sent, outcome);
    if (part === undefined) return undefined;
    const { position } = this.#cursor;
    if (outcome.kind === "too_large") position.maxBytes = reducedBytes(sent.bytes);
    else position.refusedUpTo = outcome.eventId ?? sent.bounds.lastId;
    return part;
  }

  async #fail({ bounds }: PlannedBatch, outcome: Exclude<StreamOutcome, { kind: "arrived" }>): Promise<Ending> {
    const isRetry = outcome.kind === "retry";
    const waitSeconds = retryWait(this.#failures + 1, isRetry ? outcome.afterSeconds : 0);
    const error = describeFailure(outcome, bounds);
    await this.#cursor.fail(waitSeconds, { error, refusedEventId: isRetry ? null : bounds.firstId });
    return { kind: "failed", waitSeconds };
  }

  /** Stores that the stream carries none of the next events, if that is worth a written row. */
  async #passOver({ readTo, hasMore }: NoEvents): Promise<Ending> {
    const { moved_at, newest_id, failing_since } = this.#stream;
    const { after } = this.#cursor.position;
    const afterId = Math.max(after, hasMore ? readTo : newest_id);
    const isWorthIt =
      hasMore || failing_since !== null || isWorthStoring({ after, moved_at }, afterId, this.#run.context.now());
    const isMoved = isWorthIt && (await this.#cursor.passOver(afterId));
    return isMoved && hasMore ? { kind: "more" } : DONE;
  }
}
