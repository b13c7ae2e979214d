/** The unfinished deliveries that one consumer leaves to its background. */
export interface BackgroundWork {
  deliveries: number;
  /** Milliseconds since 1970: the end of their lease, after which the consumer sends no more of them. */
  endsAt: number;
}

/** Unfinished deliveries take memory and connections. */
const MAX_DELIVERIES = 500;

/**
 * A counting semaphore: how many deliveries the consumers of this isolate have in the background. The platform may end a
 * background without notice, so a slot is free again when the lease ends, even if the release never came.
 */
export class BackgroundSlots {
  readonly #most: number;
  readonly #works = new Set<BackgroundWork>();

  constructor(most = MAX_DELIVERIES) {
    this.#most = most;
  }

  /** Whether at most half of the slots are taken with so many more. */
  hasPlentyFor(deliveries: number, now: number): boolean {
    return this.count(now) + deliveries <= this.#most / 2;
  }

  /** Undefined if there are too few free slots. */
  tryAcquire(work: BackgroundWork, now: number): BackgroundWork | undefined {
    if (this.count(now) + work.deliveries > this.#most) return undefined;
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
