import type { ArchiveBucket } from "../../bucket/archive-objects.ts";
import type { Context } from "../../context.ts";
import type { SegmentSizes } from "./choose-segment.ts";
import { hasLease, markMoved, type Move } from "../../store/archive/move-row.ts";

/** The lease has ended, and another invocation may work on the move. */
export class LeaseLost extends Error {}

/**
 * An object in the bucket does not have the content that the move wrote. The move begins again, and writes all objects.
 */
export class NotAsWritten extends Error {
  readonly key: string;

  constructor(key: string, reason: string) {
    super(reason);
    this.key = key;
  }
}

/** The move must not go on, because D1 contradicts itself or the log. */
export class MoveRefused extends Error {
  readonly eventId: number;

  constructor(eventId: number, reason: string) {
    super(reason);
    this.eventId = eventId;
  }
}

/**
 * A lease is longer than any step. Each step extends the lease. If an invocation dies, another one goes on after its
 * lease has ended.
 */
const LEASE_MS = 50_000;

/** An invocation begins no step after this time. The next sweep continues. */
const MAX_MS = 20_000;

/** One invocation that works on the move of a segment. Every write is refused if another invocation works on it. */
export class Mover {
  readonly context: Context;
  readonly archive: ArchiveBucket;
  readonly sizes: SegmentSizes;
  readonly token: string;
  readonly #deadline: number;
  #stepsLeft: number;

  constructor(context: Context, archive: ArchiveBucket, sizes: SegmentSizes) {
    this.context = context;
    this.archive = archive;
    this.sizes = sizes;
    this.token = context.uuid();
    this.#stepsLeft = sizes.maxSteps;
    this.#deadline = context.now() + MAX_MS;
  }

  get lease() {
    const now = this.context.now();
    return { token: this.token, now, until: now + LEASE_MS };
  }

  /** True if this invocation must stop. The next sweep continues. */
  get mustStop(): boolean {
    return this.#stepsLeft <= 0 || this.context.now() >= this.#deadline;
  }

  /**
   * Writes an object, and reads it back.
   * @throws LeaseLost, or an Error if the bucket returns other content
   */
  async put(key: string, bytes: Uint8Array): Promise<void> {
    const isWritten = await this.archive.putExact(key, bytes, () => hasLease(this.context.db, this.token));
    if (isWritten) return;
    await this.requireLease();
    throw new Error(`the object ${key} does not have the content that was written`);
  }

  /**
   * Stores how far the move has come. Returns the move after this step.
   * @throws LeaseLost
   */
  async mark(move: Move, phase: Move["phase"], progress: number): Promise<Move> {
    this.#stepsLeft -= 1;
    if (!(await markMoved(this.context.db, this.lease, { phase, progress }))) throw new LeaseLost();
    return { ...move, phase, progress };
  }

  /** @throws LeaseLost */
  async requireLease(): Promise<void> {
    if (!(await hasLease(this.context.db, this.token))) throw new LeaseLost();
  }
}
