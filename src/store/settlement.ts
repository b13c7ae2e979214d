import type { AttemptOutcome, DeliveryState } from "../schemas/delivery.ts";

/** The result of one claimed delivery. */
export interface Settlement {
  deliveryId: number;
  subscriptionId: number;
  state: DeliveryState;
  /** For a delivery that stays pending: when it is due, and when the sweep hints it again. Null: settled. */
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

/** What a batch's attempts mean for the health of one subscription. Ignored if its URL has changed since the claim. */
export interface EndpointHealthDelta {
  subscriptionId: number;
  url: string;
  /** Whether any was delivered, and how many have failed since. A message refused for its content counts as neither. */
  delivered: boolean;
  failures: number;
  /** Why the destination is gone, if it is. */
  gone: string | null;
  /** The receiver's Retry-After, in milliseconds since 1970; 0 if it sent none. */
  notBefore: number;
}

/** JSON: the delivery and the number of an attempt that the last statement of a settling batch records. */
export type CommitMarker = string;

export function toCommitMarker([first]: Settlement[]): CommitMarker {
  return JSON.stringify([first?.deliveryId, first?.attempt.number]);
}

/**
 * Guards a statement that adds to counters and reads `json_each(parameter)`: it becomes NULL, so no rows, if the batch
 * was committed before. D1 may have committed a batch whose response was lost, and the batch is sent again. By then the
 * attempt has been recorded with an outcome other than the placeholder `lost`.
 */
export function unlessCommitted(parameter: string, marker: string): string {
  return `CASE WHEN NOT EXISTS (SELECT 1 FROM attempts
      WHERE delivery_id = ${marker}->>0 AND number = ${marker}->>1 AND outcome <> 'lost') THEN ${parameter} END`;
}
