/** One consumer's batch: ten events for ten subscriptions. */
export const SUBSCRIPTIONS = 10;
export const EVENTS_A_BATCH = 10;
export const BATCH = SUBSCRIPTIONS * EVENTS_A_BATCH;

/** Beside the service's own database, two that differ in how many deliveries are held. */
export const DATABASES = ["DB", "CALM", "CROWDED"] as const;
export type DatabaseName = (typeof DATABASES)[number];

/** How much is done. */
export interface Scale {
  /** Seconds for the rate. */
  seconds: number;
  /** Deliveries in the queue at once; a fifth of them is a while. */
  queued: number;
  hangingRounds: number;
  hangingEvents: number;
  timeoutSeconds: number;
  held: number;
}

export const FULL: Omit<Scale, "seconds"> = {
  queued: 10_000,
  hangingRounds: 3,
  hangingEvents: 50,
  timeoutSeconds: 15,
  held: 100_000,
};
export const SHORT: Omit<Scale, "seconds"> = {
  queued: 1_000,
  hangingRounds: 1,
  hangingEvents: 30,
  timeoutSeconds: 3,
  held: 5_000,
};

/** What the bench Worker does for the one who runs it. */
export type Job =
  | { do: "subscribe"; database: DatabaseName; project: string; urls: string[] }
  /** Records events as a producer does: their hints go on the queue. */
  | { do: "record"; project: string; from: number; count: number }
  /** Records events whose hints are lost. */
  | { do: "prepare"; database: DatabaseName; project: string; events: number }
  | { do: "hint"; deliveryIds: number[] }
  /** Consumes prepared deliveries, a batch at a time. */
  | { do: "consume"; deliveryIds: number[]; writesLog: boolean }
  /** Remembers what goes out for a prepared batch, for `post`. */
  | { do: "listen"; deliveryIds: number[] }
  /** The floor: posts what was remembered, over and over, six at a time. */
  | { do: "post"; requests: number }
  | { do: "states"; subscriptionId: number }
  | { do: "hold"; database: DatabaseName; subscriptionId: number; count: number }
  /** Makes everything that is not held from the start due again. */
  | { do: "reset"; database: DatabaseName }
  | { do: "sweep"; database: DatabaseName }
  | { do: "attempt"; database: DatabaseName; deliveryIds: number[]; status: number };

export interface Prepared {
  deliveryIds: number[];
  rowsWritten: number;
}

/** Of one subscription. */
export interface States {
  pending: number;
  held: number;
  attempts: number;
  isOpen: boolean;
}
