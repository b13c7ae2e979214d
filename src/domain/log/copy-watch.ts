import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { readCopiedHead, type CopiedHead } from "./copied-head.ts";

/** A bucket that does not respond must not keep a request waiting. */
const TIMEOUT_MS = 2_000;

/** The copy's checkpoint as an isolate has seen it last, so that it need not be read for each request. */
export class CopyWatch {
  #head: CopiedHead | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  readonly #timeoutMs: number;

  constructor(timeoutMs = TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
  }

  /** As it was seen last. */
  get head(): CopiedHead | undefined {
    return this.#head;
  }

  /**
   * The copy's checkpoint as it was at most so many milliseconds ago; undefined if there was none. If the bucket does not
   * respond, or holds no checkpoint of this log, the one that was seen before.
   */
  async look(context: Context, maxAgeMs: number): Promise<CopiedHead | undefined> {
    const { config, logCopy, log } = context;
    const now = context.now();
    if (logCopy === undefined || now - this.#lookedAt < maxAgeMs) return this.#head;
    // Requests at the same time need not look too; but none goes on before the first look.
    if (this.#lookedAt !== Number.NEGATIVE_INFINITY) this.#lookedAt = now;
    try {
      const { logKey } = config; // throws if it is bad, which concerns no recording
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
