import { Webhook } from "standardwebhooks";
import type { Event } from "../../src/schemas/event.ts";
import { listen, type Listener } from "./listener.ts";

const REFUSE_EVERY = 8;

/** One request that reached the receiver. */
export interface Attempt {
  deliveryId: string;
  event: Event;
  accepted: boolean;
}

/** Somebody's webhook endpoint: checks every signature, and is out of order now and then. */
export interface WebhookReceiver extends Listener {
  trust(name: string, secret: string): void;
  attemptsOf(name: string): Attempt[];
  /** What was wrong with requests that it did not take. */
  faults: string[];
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const inboxes = new Map<string, { webhook: Webhook; attempts: Attempt[] }>();
  const faults: string[] = [];
  const listener = await listen((name, headers, body) => {
    const inbox = inboxes.get(name);
    if (inbox === undefined) {
      faults.push(`A delivery came for ${name}, which nobody subscribed.`);
      return { status: 404, text: "" };
    }
    try {
      inbox.webhook.verify(body, headers);
      const accepted = take(inbox.attempts, headers["webhook-id"] ?? "", JSON.parse(body));
      return { status: accepted ? 200 : 503, text: "" };
    } catch (error) {
      faults.push(`A delivery for ${name} was refused: ${String(error)}`);
      return { status: 400, text: "" };
    }
  });
  return {
    ...listener,
    faults,
    trust: (name, secret) => inboxes.set(name, { webhook: new Webhook(secret), attempts: [] }),
    attemptsOf: (name) => inboxes.get(name)?.attempts ?? [],
  };
}

/** Every eighth delivery is refused when it comes for the first time. */
function take(attempts: Attempt[], deliveryId: string, event: Event): boolean {
  const known = new Set(attempts.map((attempt) => attempt.deliveryId));
  const accepted = known.has(deliveryId) || known.size % REFUSE_EVERY !== 0;
  attempts.push({ deliveryId, event, accepted });
  return accepted;
}
