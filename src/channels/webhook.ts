import { cloudEventHeaders } from "../schemas/cloud-event.ts";
import { USER_AGENT, type ChannelRequest, type Transport, type WebhookMessage } from "./message.ts";
import { sign } from "./signature.ts";

/** @throws if there is no signing secret, or if one cannot be decoded. No message is sent unsigned. */
export async function webhookRequest(
  { webhookId, body, event, checkpoint, destination }: WebhookMessage,
  { now, publicUrl }: Pick<Transport, "now" | "publicUrl">,
): Promise<ChannelRequest> {
  if (destination.signingSecrets.length === 0) throw new Error("the webhook has no signing secret");
  // The time of the attempt, not of the event, because receivers reject old timestamps as replays. Standard Webhooks,
  // "Webhook metadata".
  const timestampSeconds = Math.floor(now() / 1000);
  return {
    headers: {
      "content-type": "application/json",
      "user-agent": USER_AGENT,
      "webhook-id": webhookId,
      "webhook-timestamp": String(timestampSeconds),
      "webhook-signature": sign(destination.signingSecrets, webhookId, timestampSeconds, body),
      ...cloudEventHeaders(event, publicUrl),
      // Not signed with the rest: it bears the log's own signature.
      ...(checkpoint !== undefined && { "tidings-checkpoint": new TextEncoder().encode(checkpoint).toBase64() }),
    },
    body,
  };
}
