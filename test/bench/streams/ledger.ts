import type { Receiver } from "../deliveries/receiver.ts";

const ID = /^\{"id":"([0-9]+)"/gm;

/** What a receiver got from one stream that carries every event. */
export class Ledger {
  /** The ID of the newest event that has arrived. */
  newest = 0;
  events = 0;
  /** The number of events that did not have the next ID. */
  misplaced = 0;
  /** The number of batches that arrived again. */
  repeats = 0;
  readonly #batches = new Set<string>();

  /** Begins a ledger of what arrives from now on, after this ID. */
  constructor(receiver: Receiver, after = 0) {
    this.newest = after;
    receiver.onArrival = ({ webhookId, body }) => {
      if (this.#batches.has(webhookId)) this.repeats += 1;
      else this.#add(webhookId, body);
    };
  }

  #add(webhookId: string, body: string): void {
    this.#batches.add(webhookId);
    for (const [, id] of body.matchAll(ID)) {
      if (Number(id) !== this.newest + 1) this.misplaced += 1;
      this.newest = Number(id);
      this.events += 1;
    }
  }

  get batches(): number {
    return this.#batches.size;
  }
}
