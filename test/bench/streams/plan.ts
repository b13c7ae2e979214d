import type { Measurement } from "../measure.ts";

/** The most events of a batch. The events here are so small that each batch has as many. */
export const BATCH = 1_000;
const BATCHES = 10;
/** The events that are sent in one measurement of the rate. */
export const RUN = BATCHES * BATCH;

/** The jobs of the bench Worker. */
export type Job =
  /** Creates a stream of every event to this URL. */
  | { do: "open"; url: string }
  /** Sets the stream back to this position, and sends what follows. `remembers` keeps the requests for `post`. */
  | { do: "send"; id: string; after: number; remembers: boolean }
  /** Measures a floor: sends the remembered requests, one after another, and does `meanwhile` beside each. */
  | { do: "post"; meanwhile: Meanwhile };

/**
 * What a floor does beside each request. `rows`: reads as many events, a row for each. `text`: reads them as one joined
 * text, which is the least that a stream must read. `stored`: the same, and then stores one row.
 */
export type Meanwhile = "nothing" | "rows" | "text" | "stored";

/** What each job returns. */
export interface Answers {
  open: { id: string };
  /** `dueQueries` is the number of round trips that a run needs before its first batch. */
  send: Measurement & { dueQueries: number };
  post: Pick<Measurement, "milliseconds">;
}
