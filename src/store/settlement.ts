import type { AttemptOutcome, DeliveryState } from "../schemas/delivery.ts";

/** What came of one claimed delivery. */
export interface Settlement {
  deliveryId: number;
  subscriptionId: number;
  state: DeliveryState;
  /** For a delivery that stays pending: when it is due, and when the sweep shall look after it. */
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

/** What a batch's messages say of one subscription, under the URL that it had. */
export interface EndpointHealthDelta {
  subscriptionId: number;
  url: string;
  /** Whether any arrived, and how many have failed since. One that was refused for its content says neither. */
  delivered: boolean;
  failures: number;
  /** Why the destination is gone, if it is. */
  gone: string | null;
  /** Milliseconds since 1970: the receiver's own wish. 0 where it has none. */
  notBefore: number;
}

/** JSON: the delivery and the number of an attempt that a settling batch records, as its last statement. */
export type Fence = string;

export function fenceOf([first]: Settlement[]): Fence {
  return JSON.stringify([first?.deliveryId, first?.attempt.number]);
}

/**
 * Guards a statement that reads a `json_each` parameter and adds: D1 may have committed a batch whose answer was lost,
 * and it is sent again. By then the attempt is on record, with more than the `lost` that stands in for it.
 */
export function ifNotCarriedOut(parameter: string, fence: string): string {
  return `CASE WHEN NOT EXISTS (SELECT 1 FROM attempts
      WHERE delivery_id = ${fence}->>0 AND number = ${fence}->>1 AND outcome <> 'lost') THEN ${parameter} END`;
}
