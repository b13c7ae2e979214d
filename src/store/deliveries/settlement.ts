import type { AttemptOutcome, DeliveryState } from "../../schemas/delivery.ts";

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
export interface Verdict {
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
