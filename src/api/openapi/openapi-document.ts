import { eventPaths } from "./event-operations.ts";
import { logPaths } from "./log-operations.ts";
import { operation, SECURITY_SCHEMES } from "./openapi-operation.ts";
import { parameters } from "./openapi-parameters.ts";
import { emptyResponse, errorResponses, jsonResponse, RESPONSE_HEADERS } from "./openapi-responses.ts";
import { schemas } from "./openapi-schemas.ts";
import type { OpenApiDocument, PathItem } from "./openapi-types.ts";
import { webhooks } from "./openapi-webhooks.ts";
import { streamPaths } from "./stream-operations.ts";
import { deliveryPaths, subscriptionPaths } from "./subscription-operations.ts";

const VERSION = "1.0.0";

const DESCRIPTION = `\
An audit trail of the events on a platform. Producers record events; readers list the events that they may see; \
subscriptions send them to webhooks and Slack.

- Every path works with and without a trailing slash.
- A listing is an array, newest first. To page, follow \`Link: <…>; rel="next"\`; do not build cursors yourself. To follow \
the feed, poll with \`page_after\` and the last ID that you saw: no event is missed.
- A body is JSON in UTF-8, uncompressed. A key that occurs twice in one object, at any depth, is an error that names the \
key.
- JSON in responses and webhooks escapes U+0085, U+2028 and U+2029, so that programs that read lines do not split there.
- Errors are \`application/problem+json\` (RFC 9457) and are not cached.
- HEAD works wherever GET does.`;

const DELIVERIES = `\
For members of a project: the state of each delivery. A delivery is one event for one subscription:

| state | meaning | ends with | can be sent again |
|---|---|---|---|
| \`pending\` | due now, or later by the schedule | an attempt; becoming \`held\`; deletion of its subscription | yes, unless \
an attempt is in progress |
| \`held\` | its subscription is disabled, or its receiver is down and another delivery probes it | enabling the \
subscription; the receiver's recovery; deletion of its subscription | while the subscription is enabled: it then becomes \
the probe |
| \`delivered\` | the receiver returned 2xx | redelivery, or a recovery of all | yes |
| \`failed\` | the schedule has ended, or the receiver rejected the message | redelivery, or a recovery | yes |
| \`cancelled\` | its subscription was deleted | | no |

A delivery that is delivered, failed or cancelled is kept for \`DELIVERY_RETENTION_DAYS\` (90), and then deleted with its \
attempts.`;

/** The API in OpenAPI 3.1. Without `publicUrl`, the server is the one that served the document. */
export function openApiDocument(publicUrl?: string): OpenApiDocument {
  return {
    openapi: "3.1.0",
    info: {
      title: "Tidings",
      version: VERSION,
      summary: "An audit-trail event service.",
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: publicUrl ?? "/", description: publicUrl === undefined ? "This server." : "Tidings." }],
    tags: [
      { name: "Events", description: "For readers: the events that they may see." },
      { name: "Recording", description: "For producers: recording events." },
      { name: "Subscriptions", description: "For members of a project: the channels that receive its events." },
      { name: "Deliveries", description: DELIVERIES },
      { name: "Streams", description: "For operators: the listings that are sent to systems that keep logs." },
      { name: "Log", description: "For whoever verifies: the log of all events, in the formats of C2SP." },
      { name: "Notifications", description: "For receivers: the requests that a webhook gets." },
      { name: "Service", description: "The service itself." },
    ],
    paths: {
      ...eventPaths(),
      ...subscriptionPaths(),
      ...deliveryPaths(),
      ...streamPaths(),
      ...logPaths(),
      ...servicePaths(),
    },
    webhooks: webhooks(),
    components: {
      schemas: schemas(),
      parameters: parameters(),
      headers: RESPONSE_HEADERS,
      responses: errorResponses(),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function servicePaths(): Record<string, PathItem> {
  return {
    "/health": {
      get: operation("getHealth", {
        tag: "Service",
        summary: "The health of the service",
        description:
          "Checks every variable and queries the database. If a variable or binding is missing or malformed, the response " +
          "is a 500 whose `detail` names the first one, but never its value. If the database fails, the response is a 503.",
        caller: "anyone",
        responses: {
          200: jsonResponse("Health", "The database responds, and every variable is well-formed.", ["Cache-Control"]),
        },
        errors: [503],
      }),
    },
    "/openapi.json": {
      get: operation("getOpenApi", {
        tag: "Service",
        summary: "This document",
        description: "Generated from the schemas that validate requests.",
        caller: "anyone",
        parameters: ["IfNoneMatch"],
        responses: {
          200: jsonResponse("OpenApi", "This document.", ["ETag", "Cache-Control"]),
          304: emptyResponse("A copy named in `If-None-Match` is current.", ["ETag", "Cache-Control"]),
        },
      }),
    },
  };
}
