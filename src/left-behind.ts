/** Beyond it, a consumer waits for its own: what is left behind takes memory and connections. */
const MAX_DELIVERIES = 500;

/** How many deliveries the consumers of this isolate have left unfinished, to go on in the background. */
export class LeftBehind {
  readonly #most: number;
  #deliveries = 0;

  constructor(most = MAX_DELIVERIES) {
    this.#most = most;
  }

  /** Whether there is room for so many more. */
  take(deliveries: number): boolean {
    if (this.#deliveries + deliveries > this.#most) return false;
    this.#deliveries += deliveries;
    return true;
  }

  giveBack(deliveries: number): void {
    this.#deliveries -= deliveries;
  }
}
