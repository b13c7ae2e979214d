import type { Context } from "../../context.ts";
import type { DueStream } from "../../store/streams/due-streams.ts";
import {
  claimBatch,
  markFailed,
  markStuck,
  moveStream,
  passOver,
  type ArrivedBatch,
  type BatchBounds,
  type FailedBatch,
  type KnownStream,
  type MovedStream,
} from "../../store/streams/stream-batches.ts";
import type { Position } from "./plan-batch.ts";
import { raisedBytes } from "./stream-policy.ts";

/** How often the invocation tries to store that a batch has arrived, if D1 does not respond. */
const MAX_TRIES = 3;
const TRY_AGAIN_AFTER_MS = 250;

/**
 * The position of one stream, as this invocation last knew it, and the invocation's lease. If an operator or another
 * invocation has changed the stream meanwhile, the methods change nothing in D1.
 */
export class StreamCursor {
  readonly #context: Context;
  readonly #leaseMs: number;
  readonly #token: string;
  #known: KnownStream;
  position: Position;

  constructor(context: Context, stream: DueStream, leaseMs: number) {
    this.#context = context;
    this.#leaseMs = leaseMs;
    this.#token = context.uuid();
    this.#known = stream;
    const { after_id: after, max_batch_bytes: maxBytes } = stream;
    this.position = { after, maxBytes, stored: storedBatch(stream), refusedUpTo: 0 };
  }

  /** Stores the batch that is sent next, and takes the lease. Returns false if another invocation has it. */
  async claim(bounds: BatchBounds): Promise<boolean> {
    const { db, now } = this.#context;
    const at = now();
    const isClaimed = await claimBatch(db, this.#known, bounds, { token: this.#token, until: at + this.#leaseMs }, at);
    this.#known = { ...this.#known, batch_webhook_id: bounds.webhookId };
    this.position.stored = bounds;
    return isClaimed;
  }

  /**
   * Moves past a batch that has arrived, and claims `next` at the same time. Returns undefined if the lease was lost,
   * because an operator has changed the stream.
   */
  async move(
    { lastId }: BatchBounds,
    notice: string | undefined,
    next: BatchBounds | undefined,
  ): Promise<MovedStream | undefined> {
    const at = this.#context.now();
    const maxBatchBytes = raisedBytes(this.position.maxBytes);
    this.position.maxBytes = maxBatchBytes; // at once, because the next batch is read meanwhile
    const claimed = next && { version: this.#known.version, bounds: next, leaseUntil: at + this.#leaseMs };
    const moved = await this.#store({ lastId, at, maxBatchBytes, notice, next: claimed });
    const stored = moved?.isContinued === true ? next : undefined;
    this.#known = { ...this.#known, after_id: lastId, batch_webhook_id: stored?.webhookId ?? null };
    this.position = { ...this.position, after: lastId, stored };
    return moved;
  }

  /** Tries several times, because otherwise the whole batch is sent again. D1 stores the result only once. */
  async #store(arrived: ArrivedBatch): Promise<MovedStream | undefined> {
    const { db, wait } = this.#context;
    for (let tries = 1; ; tries++) {
      try {
        return await moveStream(db, this.#known.id, this.#token, arrived);
      } catch (error) {
        if (tries === MAX_TRIES) throw error;
        await wait(TRY_AGAIN_AFTER_MS);
      }
    }
  }

  /** Stores a failed attempt, and gives the lease back. */
  async fail(waitSeconds: number, failure: Pick<FailedBatch, "error" | "refusedEventId">): Promise<void> {
    const { db, now } = this.#context;
    const at = now();
    const nextAttemptAt = at + waitSeconds * 1000;
    const { maxBytes: maxBatchBytes } = this.position;
    await markFailed(db, this.#known.id, this.#token, { at, nextAttemptAt, maxBatchBytes, ...failure });
  }

  /** Stores that the next batch cannot be read. */
  async markUnread(waitSeconds: number, error: string): Promise<void> {
    const { db, now } = this.#context;
    const at = now();
    await markStuck(db, this.#known, { at, nextAttemptAt: at + waitSeconds * 1000, error });
  }

  /** Moves past events that the stream does not carry. Returns false if another invocation sends the stream. */
  async passOver(afterId: number): Promise<boolean> {
    const { db, now } = this.#context;
    const isMoved = await passOver(db, this.#known, { afterId, at: now() });
    this.#known = { ...this.#known, after_id: afterId };
    this.position.after = afterId;
    return isMoved;
  }
}

function storedBatch({
  batch_first_id: firstId,
  batch_last_id: lastId,
  batch_events: events,
  batch_webhook_id: webhookId,
}: DueStream): BatchBounds | undefined {
  if (firstId === null || lastId === null || events === null || webhookId === null) return undefined;
  return { firstId, lastId, events, webhookId };
}
