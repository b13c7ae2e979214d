import type { Event } from "../schemas/event.ts";
import type { Deadlines } from "./deadline.ts";
import type { Outcome } from "./classify.ts";

/** What one request sends. Each channel gets only the fields and secrets that it uses. */
export type OutgoingMessage = WebhookMessage | SlackMessage;

export interface WebhookMessage {
  type: "webhook";
  /** The same on every attempt of one delivery. */
  webhookId: string;
  /** The event's JSON, exactly as it is served. */
  body: string;
  event: Event;
  /** The newest checkpoint of the log, if there is one, as it is signed. */
  checkpoint: string | undefined;
  destination: WebhookDestination;
}

export interface SlackMessage {
  type: "slack";
  /** One or more, in the order in which the message shows them. */
  events: readonly Event[];
  destination: SlackDestination;
}

export interface WebhookDestination {
  url: string;
  /** Texts like `whsec_…`, newest first. During a rotation, there are several. */
  signingSecrets: readonly string[];
}

export interface SlackDestination {
  url: string;
  slackUsername?: string | undefined;
  /** `:emoji:` or the URL of an image. */
  slackIcon?: string | undefined;
}

/** Network, clock and settings for sending. */
export interface Transport {
  fetch: typeof fetch;
  /** Milliseconds since 1970. */
  now(): number;
  timeoutSeconds: number;
  deadlines: Deadlines;
  allowLocalDestinations: boolean;
  publicUrl?: string | undefined;
  /** Called with the response's Retry-After in seconds, before the body is read. */
  onRetryAfter?: (seconds: number) => void;
}

export interface AttemptReport {
  outcome: Outcome;
  /** Absent if there was no response. */
  status?: number;
  /** The first 1 KiB of the response body, as far as it could be read; absent if empty. */
  response?: string;
  timedOut: boolean;
}

/** A POST that a channel builds from a message; its URL is the destination's. */
export interface ChannelRequest {
  headers: Record<string, string>;
  body: string;
}

export const USER_AGENT = "Tidings/1.0";
