import type { AttemptOutcome, DeliveryState } from "../schemas/delivery.ts";

/** The result of one claimed delivery. */
export interface Settlement {
  deliveryId: number;
  subscriptionId: number;
  state: DeliveryState;
  /** When a pending delivery is due, and when the sweep hints it again. Both are null for a settled delivery. */
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
 * The results of a batch for the health of one subscription. Ignored if the subscription's URL has changed since the
 * claim.
 */
export interface EndpointHealthDelta {
  subscriptionId: number;
  url: string;
  /**
   * `delivered`: a message was delivered. `failures`: how many messages failed after it. A refused message counts as
   * neither.
   */
  delivered: boolean;
  failures: number;
  /** Why the destination is gone, if it is. */
  gone: string | null;
  /** The next probe is not sent before this time, in milliseconds since 1970: the end of the receiver's Retry-After. */
  notBefore: number;
}

/** JSON: the delivery and the number of one attempt, which the last statement of a settling batch records. */
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
