/** One consumer's batch is ten events for ten subscriptions. */
export const SUBSCRIPTIONS = 10;
export const EVENTS_PER_BATCH = 10;
export const BATCH = SUBSCRIPTIONS * EVENTS_PER_BATCH;

/** The service's database, and two more databases that differ only in their number of held deliveries. */
export const DATABASES = ["DB", "CALM", "CROWDED"] as const;
export type DatabaseName = (typeof DATABASES)[number];

/** The sizes of the experiments. */
export interface Scale {
  /** How long the rate is measured, in seconds. */
  seconds: number;
  /** The number of deliveries that enter the queue at once. */
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

/** The jobs of the bench Worker. */
export type Job =
  | { do: "subscribe"; database: DatabaseName; project: string; urls: string[] }
  /** Records events like a producer, so their hints go to the queue. */
  | { do: "record"; project: string; from: number; count: number }
  /** Records events without hints. */
  | { do: "prepare"; database: DatabaseName; project: string; events: number }
  | { do: "hint"; deliveryIds: number[] }
  /** Consumes prepared deliveries, one batch at a time. */
  | { do: "consume"; deliveryIds: number[]; writesLog: boolean }
  /** Delivers a prepared batch, and remembers its requests for `post`. */
  | { do: "listen"; deliveryIds: number[] }
  /** Measures the floor: sends the remembered requests again and again, six at a time. */
  | { do: "post"; requests: number }
  | { do: "states"; subscriptionId: number }
  | { do: "hold"; database: DatabaseName; subscriptionId: number; count: number }
  /** Makes all deliveries due again, except those of `hold`. */
  | { do: "reset"; database: DatabaseName }
  | { do: "sweep"; database: DatabaseName }
  | { do: "attempt"; database: DatabaseName; deliveryIds: number[]; status: number };

export interface Prepared {
  deliveryIds: number[];
  rowsWritten: number;
}

/** The states of one subscription's deliveries and of its breaker. */
export interface States {
  pending: number;
  held: number;
  attempts: number;
  isOpen: boolean;
}
