/** Workers: six connections of an invocation may wait for responses. One of them is for the queue. */
const SLOTS = 5;
/** The slots that failing streams may use together, so that they do not delay the healthy ones. */
const FAILING_SLOTS = 2;

interface Waiter {
  isFailing: boolean;
  start: () => void;
}

/**
 * Limits how many streams an invocation reads and sends at the same time, and so its connections and its memory.
 * Streams get a slot in the order in which they asked for one.
 */
export class BatchSlots {
  #running = { healthy: 0, failing: 0 };
  #waiting: Waiter[] = [];

  /** True if another stream waits, and could use a slot that becomes free. */
  get isContended(): boolean {
    return this.#waiting.some(({ isFailing }) => !isFailing || this.#running.failing < FAILING_SLOTS);
  }

  /** Does the work as soon as there is a slot. */
  async use<Result>(isFailing: boolean, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((start) => {
      this.#waiting.push({ isFailing, start });
      this.#startWaiting();
    });
    try {
      return await work();
    } finally {
      this.#running[isFailing ? "failing" : "healthy"] -= 1;
      this.#startWaiting();
    }
  }

  #startWaiting(): void {
    for (const waiter of this.#waiting) {
      if (!this.#hasRoomFor(waiter)) continue;
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      this.#running[waiter.isFailing ? "failing" : "healthy"] += 1;
      waiter.start();
    }
  }

  #hasRoomFor({ isFailing }: Waiter): boolean {
    const { healthy, failing } = this.#running;
    return healthy + failing < SLOTS && (!isFailing || failing < FAILING_SLOTS);
  }
}
