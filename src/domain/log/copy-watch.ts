import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { readCopiedHead, type CopiedHead } from "./copied-head.ts";

/** A bucket that does not respond must not keep a request waiting. */
const TIMEOUT_MS = 2_000;

/** Keeps the copy's checkpoint as an isolate has read it last, so that not every request must read the bucket. */
export class CopyWatch {
  #head: CopiedHead | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  readonly #timeoutMs: number;

  constructor(timeoutMs = TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
  }

  /** The copy's checkpoint as it was read last. */
  get head(): CopiedHead | undefined {
    return this.#head;
  }

  /**
   * Returns the copy's checkpoint as it was at most `maxAgeMs` milliseconds ago. Returns undefined if there was no
   * checkpoint. If the bucket does not respond, or has an object that is not a checkpoint of this log, returns the
   * checkpoint that was read before.
   */
  async look(context: Context, maxAgeMs: number): Promise<CopiedHead | undefined> {
    const { config, logCopy, log } = context;
    const now = context.now();
    if (logCopy === undefined || now - this.#lookedAt < maxAgeMs) return this.#head;
    // Meanwhile, other requests return the old checkpoint. Before the first read there is no old checkpoint, so each
    // request reads the bucket.
    if (this.#lookedAt !== Number.NEGATIVE_INFINITY) this.#lookedAt = now;
    try {
      const { logKey } = config; // throws if LOG_KEY is bad, but no recording may fail for that reason
      if (logKey === undefined) return undefined;
      const copied = await this.#inTime(context, logCopy.findCheckpoint());
      this.#head = copied && (await readCopiedHead(copied, logKey.verifier, null));
    } catch (error) {
      log({ event: "log_copy_failed", ...errorFields(error) });
    }
    this.#lookedAt = now;
    return this.#head;
  }

  async #inTime<T>({ deadlines }: Context, reading: Promise<T>): Promise<T> {
    const deadline = deadlines.start(this.#timeoutMs);
    try {
      return await deadline.race(reading);
    } finally {
      deadline.end();
    }
  }
}
