import type { DestinationOf } from "../../schemas/stream-destinations.ts";
import { USER_AGENT } from "../message.ts";
import { sign } from "../signature.ts";
import type { StreamBatch, StreamRequest } from "./stream-batch.ts";

/** Newline-delimited JSON with a signature of Standard Webhooks 1.0 over the whole body. */
export function httpStreamRequest(
  { url, signing_secret }: DestinationOf<"http">,
  { webhookId, firstId, lastId }: StreamBatch,
  body: Uint8Array,
  nowMs: number,
): StreamRequest {
  // The timestamp is the time of the attempt, because receivers reject old timestamps as replays. Standard Webhooks, "Webhook metadata".
  const timestampSeconds = Math.floor(nowMs / 1000);
  return {
    url,
    method: "POST",
    headers: {
      "content-type": "application/x-ndjson",
      "user-agent": USER_AGENT,
      "webhook-id": webhookId,
      "webhook-timestamp": String(timestampSeconds),
      "webhook-signature": sign([signing_secret], webhookId, timestampSeconds, body),
      "tidings-first-id": String(firstId),
      "tidings-last-id": String(lastId),
    },
    body,
  };
}
