import type { ProducerRequest } from "./producer-requests.ts";

export interface Answered {
  request: ProducerRequest;
  /** If the request has one event, the path that the service returned for the event. */
  location: string | null;
}

/** What the producers know about their requests. */
export class Ledger {
  /** The number of sent requests. A repeated request counts each time. */
  sent = 0;
  readonly answered: Answered[] = [];
  /**
   * The requests that got no response and were not repeated. The service must have recorded all events of such a
   * request, or none.
   */
  readonly givenUp: ProducerRequest[] = [];
  /** `repeats` counts all repetitions. `repeated` counts the requests that were repeated. */
  repeats = 0;
  repeated = 0;

  /** The number of events that were recorded with a 200. */
  get events(): number {
    return this.answered.reduce((sum, { request }) => sum + request.events.length, 0);
  }
}
