/**
 * A signal that is aborted after a time. Unlike `AbortSignal.timeout`, it can be restarted, and `end` clears its timer.
 */
export class Deadline {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout>;

  constructor(milliseconds: number) {
    this.#timer = this.#start(milliseconds);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Replaces the remaining time. */
  restart(milliseconds: number): void {
    this.end();
    this.#timer = this.#start(milliseconds);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #start(milliseconds: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#controller.abort(), milliseconds);
  }
}

/**
 * Resolves or rejects as `work` does, but rejects as soon as the deadline passes, even if `work` ignores the signal.
 */
export async function withDeadline<T>(deadline: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: passed, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(deadline.reason);
  deadline.addEventListener("abort", giveUp, { once: true });
  if (deadline.aborted) giveUp();
  try {
    return await Promise.race([work, passed]);
  } finally {
    deadline.removeEventListener("abort", giveUp);
  }
}
