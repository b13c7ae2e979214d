import { requestBody } from "./media-types.ts";
import { parameterRef } from "./parameters.ts";
import { AS_ANYBODY } from "./security.ts";
import type { PathItem } from "./openapi-types.ts";

/** What a webhook's receiver has to understand, and what its answers mean to the service. */
export function webhooks(): Record<string, PathItem> {
  return {
    eventRecorded: {
      post: {
        operationId: "receiveEvent",
        tags: ["Notifications"],
        summary: "An event was recorded",
        description:
          "Signed by Standard Webhooks 1.0 with the subscription's signing secret, and a CloudEvent 1.0 in binary mode: " +
          "the headers `ce-…` say what the body is, and are not signed. Sent at least once, in no particular order. " +
          "Redirects are not followed.",
        security: AS_ANYBODY,
        parameters: [
          parameterRef("WebhookId"),
          parameterRef("WebhookTimestamp"),
          parameterRef("WebhookSignature"),
          parameterRef("CloudEventVersion"),
          parameterRef("CloudEventId"),
          parameterRef("CloudEventSource"),
          parameterRef("CloudEventType"),
          parameterRef("CloudEventTime"),
          parameterRef("CloudEventSubject"),
        ],
        requestBody: requestBody("Event", "The event, exactly as it is served."),
        responses: {
          "2XX": { description: "Delivered, whatever becomes of the answer's body: status and headers decide." },
          410: { description: "Gone: the subscription is disabled, and its pending notifications are held." },
          default: { description: "Sent again by schedule; with 429 or 503, not before `Retry-After`." },
        },
      },
    },
  };
}
