/** Unfinished deliveries that one consumer attempts in the background. */
export interface BackgroundWork {
  deliveries: number;
  /** When their lease ends, in milliseconds since 1970. The consumer sends none of them after that. */
  endsAt: number;
}

/** Unfinished deliveries take memory and connections. */
const MAX_DELIVERIES = 500;

/**
 * A counting semaphore that limits the deliveries in the background of this isolate. The platform may end background
 * work without notice, so a slot becomes free when the lease ends, even if it was not released.
 */
export class BackgroundSlots {
  readonly #maxDeliveries: number;
  readonly #works = new Set<BackgroundWork>();

  constructor(maxDeliveries = MAX_DELIVERIES) {
    this.#maxDeliveries = maxDeliveries;
  }

  /** True if at most half of the slots would be taken with these deliveries. */
  hasPlentyFor(deliveries: number, now: number): boolean {
    return this.count(now) + deliveries <= this.#maxDeliveries / 2;
  }

  /** True if other work leaves too few free slots. Without other work it is false, for any number of deliveries. */
  lacksRoomFor(deliveries: number, now: number): boolean {
    const count = this.count(now);
    return count > 0 && count + deliveries > this.#maxDeliveries;
  }

  /** Returns undefined if too few slots are free. */
  tryAcquire(work: BackgroundWork, now: number): BackgroundWork | undefined {
    if (this.count(now) + work.deliveries > this.#maxDeliveries) return undefined;
    this.#works.add(work);
    return work;
  }

  release(work: BackgroundWork): void {
    this.#works.delete(work);
  }

  count(now: number): number {
    let count = 0;
    for (const work of this.#works) {
      if (work.endsAt <= now) this.#works.delete(work);
      else count += work.deliveries;
    }
    return count;
  }
}
