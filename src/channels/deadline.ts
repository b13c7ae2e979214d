/**
 * The time between two checks of the deadlines. If a deadline is a multiple of this time, it passes at most one such
 * time late.
 */
const TICK_MS = 250;

/**
 * The deadlines of one invocation. They share one timer, because a timer for each deadline would take a few per cent of
 * the time of an attempt. Almost all deadlines end before they pass.
 */
export class Deadlines {
  readonly #open = new Set<Deadline>();
  #isTicking = false;

  start(milliseconds: number): Deadline {
    const deadline: Deadline = new Deadline(milliseconds, () => this.#open.delete(deadline));
    this.#open.add(deadline);
    if (!this.#isTicking) this.#tickLater();
    return deadline;
  }

  #tickLater(): void {
    this.#isTicking = true;
    setTimeout(() => {
      for (const deadline of this.#open) deadline.tick();
      this.#isTicking = false;
      if (this.#open.size > 0) this.#tickLater();
    }, TICK_MS);
  }
}

/** A time limit, made by `Deadlines`. If it is not ended before, it passes once. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #passed = Promise.withResolvers<never>();
  readonly #onEnd: () => void;
  #leftMs: number;

  constructor(milliseconds: number, onEnd: () => void) {
    this.#passed.promise.catch(() => undefined); // the deadline may pass while nothing waits for it
    this.#onEnd = onEnd;
    this.#leftMs = milliseconds + TICK_MS; // the next tick may come at once
  }

  /** Aborted when the deadline passes. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Replaces the remaining time. */
  restart(milliseconds: number): void {
    this.#leftMs = milliseconds + TICK_MS;
  }

  end(): void {
    this.#onEnd();
  }

  /** `Deadlines` calls this every `TICK_MS`. */
  tick(): void {
    this.#leftMs -= TICK_MS;
    if (this.#leftMs > 0) return;
    this.end();
    this.#controller.abort();
    this.#passed.reject(this.signal.reason);
  }

  /** Resolves or rejects as `work` does, but rejects as soon as the deadline passes, even if `work` ignores the signal. */
  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#passed.promise]);
  }
}
