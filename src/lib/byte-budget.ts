/** Limits the bytes that several tasks of one invocation hold at the same time. A larger task is done alone. */
export class ByteBudget {
  readonly #maxBytes: number;
  #held = 0;
  #waiting: { bytes: number; start: () => void }[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Does the work as soon as its bytes fit. Tasks begin in the order in which they asked. */
  async use<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((start) => {
      this.#waiting.push({ bytes, start });
      this.#startNext();
    });
    try {
      return await work();
    } finally {
      this.#held -= bytes;
      this.#startNext();
    }
  }

  #startNext(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#held > 0 && this.#held + next.bytes > this.#maxBytes) return;
      this.#waiting.shift();
      this.#held += next.bytes;
      next.start();
    }
  }
}
