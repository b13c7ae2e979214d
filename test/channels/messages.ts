import { Deadlines } from "../../src/channels/deadline.ts";
import type {
  SlackDestination,
  SlackMessage,
  Transport,
  WebhookDestination,
  WebhookMessage,
} from "../../src/channels/message.ts";
import type { Event } from "../../src/schemas/event.ts";

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const OLD_SECRET = "whsec_dGhlIHNlY3JldCB0aGF0IGlzIGJlaW5nIHJldGlyZWQ=";

export function anEvent(fields: Partial<Event> = {}): Event {
  return {
    id: "7",
    type: "REDEPLOY_STATE_DEPLOYMENT",
    timestamp: "1763859600123456789",
    recorded_at: "2025-11-23T01:00:00.871Z",
    ...fields,
  };
}

export function aWebhookMessage(
  destination: Partial<WebhookDestination> = {},
  event: Event = anEvent(),
): WebhookMessage {
  return {
    type: "webhook",
    webhookId: "msg_1",
    body: JSON.stringify(event),
    event,
    checkpoint: undefined,
    destination: { url: "https://receiver.example.com/hook", signingSecrets: [SECRET], ...destination },
  };
}

export function aSlackMessage(destination: Partial<SlackDestination> = {}, ...events: Event[]): SlackMessage {
  return {
    type: "slack",
    events: events.length > 0 ? events : [anEvent()],
    destination: { url: "https://hooks.slack.com/services/T/B/X", ...destination },
  };
}

export function aTransport(fetch: Transport["fetch"], options: Partial<Transport> = {}): Transport {
  return {
    fetch,
    now: () => 1_614_265_330_000,
    timeoutSeconds: 5,
    deadlines: new Deadlines(),
    allowLocalDestinations: false,
    ...options,
  };
}
