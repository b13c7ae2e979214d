import type { AttemptOutcome, DeliveryState } from "../schemas/delivery.ts";

/** The result of one claimed delivery. */
export interface Settlement {
  deliveryId: number;
  subscriptionId: number;
  state: DeliveryState;
  /**
   * `nextAttemptAt`: when a pending delivery is due. `sweepAt`: when the sweep sends a new hint of the delivery. Both
   * are null for a settled delivery.
   */
  nextAttemptAt: number | null;
  sweepAt: number | null;
  attempt: {
    number: number;
    startedAt: number;
    durationMs: number;
    outcome: AttemptOutcome;
    status: number | null;
    reason: string | null;
    response: string | null;
  };
}

/**
 * What the results of a batch say about the health of one subscription. They are ignored if the subscription's URL has
 * changed since the claim.
 */
export interface EndpointHealthDelta {
  subscriptionId: number;
  url: string;
  /**
   * `delivered` is true if a message was delivered. `failures` is the number of messages that failed after the last
   * delivered one. A refused message changes neither.
   */
  delivered: boolean;
  failures: number;
  /** The reason, if the destination is gone; otherwise null. */
  gone: string | null;
  /** The next probe is not sent before this time, in milliseconds since 1970: the end of the receiver's Retry-After. */
  notBefore: number;
}

/** JSON: the delivery and the number of one attempt. The last statement of a settling batch records that attempt. */
export type CommitMarker = string;

export function toCommitMarker([first]: Settlement[]): CommitMarker {
  return JSON.stringify([first?.deliveryId, first?.attempt.number]);
}

/**
 * Guards a statement that reads `json_each(parameter)` and adds to counters. If D1 commits a batch and its response is
 * lost, the batch is sent again. By then, the marker's attempt has an outcome other than the placeholder `lost`. So
 * `json_each` gets NULL, and the statement has no rows.
 */
export function unlessCommitted(parameter: string, marker: string): string {
  return `CASE WHEN NOT EXISTS (SELECT 1 FROM attempts
      WHERE delivery_id = ${marker}->>0 AND number = ${marker}->>1 AND outcome <> 'lost') THEN ${parameter} END`;
}
