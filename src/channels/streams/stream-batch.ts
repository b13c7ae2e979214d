import { retryAfterSeconds } from "../../lib/retry-after.ts";
import { HOUR_MS } from "../../lib/time.ts";
import type { StreamDestination } from "../../schemas/stream-destinations.ts";
import type { StreamFormat } from "../../schemas/stream.ts";
import type { Transport } from "../message.ts";

/** Where the events go, with the secret, and how each of them is written. */
export type StreamTarget = StreamDestination & { id: string; format: StreamFormat };

/** A recorded event: its ID, and its JSON as the API serves it. */
export interface StreamedEvent {
  id: number;
  json: string;
}

/** An event with its text in the body of a batch. */
export interface WrittenEvent extends StreamedEvent {
  entry: string;
}

/** Consecutive events of a stream. A batch that is sent again has the same fields. */
export interface StreamBatch {
  /** The `webhook-id` of a stream of the kind `http`. */
  webhookId: string;
  firstId: number;
  lastId: number;
  /** RFC 3339: when the first event was recorded. */
  firstRecordedAt: string;
  events: readonly WrittenEvent[];
  /** When the entries were written, in milliseconds since 1970. */
  writtenAt: number;
}

export type StreamTransport = Omit<Transport, "onRetryAfter">;

/** The result of one attempt to send a batch. A reason contains no URL and no secret. */
export type StreamOutcome =
  | { kind: "arrived"; notice?: string } // notice: what the operator should know, although all events arrived
  | { kind: "too_large"; reason: string } // a smaller batch may arrive
  | { kind: "refused"; reason: string; eventId?: number } // eventId: the event that the response names
  | { kind: "retry"; reason: string; afterSeconds?: number }; // afterSeconds: from the receiver's Retry-After

export interface StreamReport {
  outcome: StreamOutcome;
  /** Absent if there was no response. */
  status?: number;
  /** The first 1 KiB of the response body, without the stream's secret; absent if empty. */
  response?: string;
  timedOut: boolean;
}

export interface StreamRequest {
  url: string;
  method: "POST" | "PUT";
  headers: Record<string, string>;
  body: Uint8Array;
  /** For the outcome, if the batch arrives. */
  notice?: string;
}

/** `isWhole` is false if the body is longer than what was read, or could not be read to its end. */
export interface StreamResponse {
  status: number;
  headers: Headers;
  body: string;
  isWhole: boolean;
}

const MAX_WAIT_SECONDS = HOUR_MS / 1000;

/**
 * Returns the outcome for a status and headers. `nowMs` is when they arrived, because `Retry-After` may be a date.
 * `words` explain the response, if the receiver's error code is known.
 */
export function outcomeByStatus({ status, headers }: StreamResponse, nowMs: number, words?: string): StreamOutcome {
  if (status >= 200 && status < 300) return { kind: "arrived" };
  const reason = `responded with ${status}${words === undefined ? "" : `: ${words}`}`;
  if (status === 413) return { kind: "too_large", reason };
  if (status === 400) return { kind: "refused", reason };
  if (status >= 300 && status < 400) return { kind: "retry", reason: `${reason}: redirects are not followed` };
  const afterSeconds =
    status === 429 || status === 503 ? retryAfterSeconds(headers.get("retry-after"), nowMs) : undefined;
  if (afterSeconds === undefined) return { kind: "retry", reason };
  return { kind: "retry", reason, afterSeconds: Math.min(afterSeconds, MAX_WAIT_SECONDS) };
}
