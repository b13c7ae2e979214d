import { SECURITY } from "./openapi-operation.ts";
import { parameterRef } from "./openapi-parameters.ts";
import { requestBody } from "./openapi-responses.ts";
import type { PathItem } from "./openapi-types.ts";

/** The request that a webhook's receiver gets, and how the service treats each of its responses. */
export function webhooks(): Record<string, PathItem> {
  return {
    eventRecorded: {
      post: {
        operationId: "receiveEvent",
        tags: ["Notifications"],
        summary: "An event was recorded",
        description:
          "Signed by Standard Webhooks 1.0 with the subscription's signing secret. Also a CloudEvent 1.0 in binary mode: " +
          "the headers `ce-…` describe the body, and are not signed. Sent at least once, in no particular order. " +
          "Redirects are not followed.",
        security: SECURITY.anyone,
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
          parameterRef("TidingsCheckpoint"),
        ],
        requestBody: requestBody("Event", "The event, exactly as the API returns it."),
        responses: {
          "2XX": { description: "Delivered. Only the status and the headers count, not the body." },
          410: { description: "Gone: the subscription is disabled, and its pending deliveries are held." },
          default: { description: "Sent again by the schedule; with 429 or 503, not before `Retry-After`." },
        },
      },
    },
  };
}
