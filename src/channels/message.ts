import type { Event } from "../schemas/event.ts";
import type { Outcome } from "./outcome.ts";

/** What goes out in one request. Each channel gets what it can use, and no secret that it cannot. */
export type OutgoingMessage = WebhookMessage | SlackMessage;

export interface WebhookMessage {
  type: "webhook";
  /** The same on every attempt of one delivery. */
  webhookId: string;
  /** The event's JSON, exactly as it is served. */
  body: string;
  event: Event;
  destination: WebhookDestination;
}

export interface SlackMessage {
  type: "slack";
  /** One or more, in the order in which they are to be told. */
  events: readonly Event[];
  destination: SlackDestination;
}

export interface WebhookDestination {
  url: string;
  /** `whsec_…`, newest first; more than one while a secret is being rotated. */
  signingSecrets: readonly string[];
}

export interface SlackDestination {
  url: string;
  slackUsername?: string | undefined;
  /** `:emoji:` or the URL of an image. */
  slackIcon?: string | undefined;
}

/** The world that a message goes out into. */
export interface Transport {
  fetch: typeof fetch;
  /** Milliseconds since 1970. */
  now(): number;
  timeoutSeconds: number;
  allowLocalDestinations: boolean;
  publicUrl?: string | undefined;
  /** Called as soon as the destination asks to be left alone, before its answer's body is read. */
  onRetryAfter?: (seconds: number) => void;
}

export interface AttemptReport {
  outcome: Outcome;
  /** Absent when no answer came. */
  status?: number;
  /** The first 1 KiB of the answer, as far as it could be read; absent when that is nothing. */
  response?: string;
  timedOut: boolean;
}

/** What a channel makes of a message: a POST without its URL. */
export interface ChannelRequest {
  headers: Record<string, string>;
  body: string;
}

export const USER_AGENT = "Tidings/1.0";
