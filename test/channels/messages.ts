import type { Destination, OutgoingMessage, Transport } from "../../src/channels/message.ts";
import type { Event } from "../../src/schemas/event.ts";

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const OLD_SECRET = "whsec_dGhlIHNlY3JldCB0aGF0IGlzIGJlaW5nIHJldGlyZWQ=";

export function anEvent(fields: Partial<Event> = {}): Event {
  return { id: "7", type: "REDEPLOY_STATE_DEPLOYMENT", timestamp: "1763859600123456789", ...fields };
}

export function aMessage(destination: Partial<Destination> = {}, event: Event = anEvent()): OutgoingMessage {
  return {
    webhookId: "msg_1",
    body: JSON.stringify(event),
    event,
    destination: {
      type: "webhook",
      url: "https://receiver.example.com/hook",
      signingSecrets: [SECRET],
      ...destination,
    },
  };
}

export function aTransport(fetch: Transport["fetch"], options: Partial<Transport> = {}): Transport {
  return { fetch, now: () => 1_614_265_330_000, timeoutSeconds: 5, allowLocalDestinations: false, ...options };
}
