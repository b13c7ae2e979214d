import type { ProducerRequest } from "./producer-requests.ts";

export interface Answered {
  request: ProducerRequest;
  /** Of a request with one event, where the service said that it is. */
  location: string | null;
}

/** What producers know of their requests. */
export class Ledger {
  /** Requests that went out, each time. */
  sent = 0;
  readonly answered: Answered[] = [];
  /** Without an answer, and not sent again: there whole, or not at all. */
  readonly givenUp: ProducerRequest[] = [];
  /** How often a request was sent again, and how many requests were. */
  repeats = 0;
  repeated = 0;

  /** Events that were answered with 200. */
  get events(): number {
    return this.answered.reduce((sum, { request }) => sum + request.events.length, 0);
  }
}
