/** Of one consumer: how many deliveries it left unfinished, and until when it can be at work on them. */
export interface LeftWork {
  deliveries: number;
  /** Milliseconds since 1970: the end of their lease. */
  endsAt: number;
}

/** What is left behind takes memory and connections. */
const MAX_DELIVERIES = 500;

/**
 * How many deliveries the consumers of this isolate have left unfinished, to go on in the background. The platform may
 * end a background before it is over, and nobody says so: what is left behind counts until its lease ends at the latest.
 */
export class BackgroundSlots {
  readonly #most: number;
  readonly #left = new Set<LeftWork>();

  constructor(most = MAX_DELIVERIES) {
    this.#most = most;
  }

  /** Whether so many more would fill at most half of the room. */
  hasPlentyFor(deliveries: number, now: number): boolean {
    return this.count(now) + deliveries <= this.#most / 2;
  }

  /** Undefined where there is no room. */
  tryAcquire(work: LeftWork, now: number): LeftWork | undefined {
    if (this.count(now) + work.deliveries > this.#most) return undefined;
    this.#left.add(work);
    return work;
  }

  release(work: LeftWork): void {
    this.#left.delete(work);
  }

  count(now: number): number {
    let count = 0;
    for (const work of this.#left) {
      if (work.endsAt <= now) this.#left.delete(work);
      else count += work.deliveries;
    }
    return count;
  }
}
