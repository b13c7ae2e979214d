import { Webhook } from "standardwebhooks";
import type { Event } from "../../src/schemas/event.ts";
import { listen, type Listener } from "./listener.ts";

/** One request that reached the receiver. */
export interface Attempt {
  deliveryId: string;
  event: Event;
  /** The log's newest when it was sent. */
  checkpoint: string | undefined;
  accepted: boolean;
}

/** A webhook endpoint. It checks every signature, and can reject some deliveries. */
export interface WebhookReceiver extends Listener {
  trust(name: string, secret: string): void;
  attemptsFor(name: string): Attempt[];
  /** Descriptions of requests that were wrong, and so not accepted. */
  faults: string[];
}

/** With `refuseEvery` n, the first attempt of every n-th delivery gets a 503. */
export async function startWebhookReceiver(refuseEvery?: number): Promise<WebhookReceiver> {
  const inboxes = new Map<string, { webhook: Webhook; attempts: Attempt[] }>();
  const faults: string[] = [];
  const listener = await listen((name, headers, body) => {
    const inbox = inboxes.get(name);
    if (inbox === undefined) {
      faults.push(`A delivery arrived for ${name}, which is not subscribed.`);
      return { status: 404, text: "" };
    }
    try {
      inbox.webhook.verify(body, headers);
      const deliveryId = headers["webhook-id"] ?? "";
      const accepted = !isRefused(inbox.attempts, deliveryId, refuseEvery);
      const checkpoint = fromBase64(headers["tidings-checkpoint"]);
      inbox.attempts.push({ deliveryId, event: JSON.parse(body), checkpoint, accepted });
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
    attemptsFor: (name) => inboxes.get(name)?.attempts ?? [],
  };
}

function fromBase64(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, "base64").toString("utf8");
}

function isRefused(attempts: Attempt[], deliveryId: string, refuseEvery: number | undefined): boolean {
  if (refuseEvery === undefined) return false;
  const known = new Set(attempts.map((attempt) => attempt.deliveryId));
  return !known.has(deliveryId) && known.size % refuseEvery === 0;
}
