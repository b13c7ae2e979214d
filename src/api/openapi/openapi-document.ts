import { deliveryPaths } from "./delivery-paths.ts";
import { eventPaths } from "./event-paths.ts";
import { HEADERS } from "./response-headers.ts";
import { webhooks } from "./webhooks.ts";
import { parameters } from "./parameters.ts";
import { errorResponses } from "./error-responses.ts";
import { schemas } from "./schemas.ts";
import { SECURITY_SCHEMES } from "./security.ts";
import { servicePaths } from "./service-paths.ts";
import type { OpenApiDocument } from "./openapi-types.ts";
import { subscriptionActionPaths } from "./subscription-action-paths.ts";
import { subscriptionPaths } from "./subscription-paths.ts";

const VERSION = "1.0.0";

const DESCRIPTION = `\
An audit trail of what happens on a platform. Producers record events; readers list those that they may see; \
subscriptions notify webhooks and Slack.

- Every path works with and without its trailing slash.
- A listing is an array, newest first. Follow \`Link: <…>; rel="next"\` to page, and never build a cursor by hand. To \
follow the feed, ask with \`page_after\` from the last ID that you saw: no event is ever missed.
- A body is JSON in UTF-8, uncompressed. A key that is given twice in one object, at any depth, is refused and named.
- JSON in answers and notifications has U+0085, U+2028 and U+2029 escaped, so that no reader of lines splits there.
- Refusals are \`application/problem+json\` (RFC 9457), and are not to be stored.
- Where a method is GET, HEAD works too.`;

const DELIVERIES = `\
For a project's members: what has arrived and what has not. One event for one subscription is one delivery:

| state | meaning | leaves it by | may be redelivered |
|---|---|---|---|
| \`pending\` | due now, or later by the schedule | an attempt; becoming \`held\`; its subscription's deletion | yes, unless an \
attempt runs |
| \`held\` | its subscription is disabled, or its receiver is down and another delivery finds out when it is well again | \
enabling the subscription; the receiver's recovery; its subscription's deletion | while the subscription is enabled: it \
is then the one that finds out |
| \`delivered\` | the receiver answered 2xx | redelivery, or a recovery of all | yes |
| \`failed\` | the schedule has ended, or the message was refused | redelivery, or a recovery | yes |
| \`cancelled\` | its subscription is gone | | no |

What is settled is kept for \`DELIVERY_RETENTION_DAYS\` (90), and then forgotten with its attempts.`;

/** The service described in OpenAPI 3.1. `publicUrl`: where it is; else wherever the document was found. */
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
    servers: [{ url: publicUrl ?? "/", description: publicUrl === undefined ? "Where this was found." : "Tidings." }],
    tags: [
      { name: "Events", description: "For readers: what happened, as far as they may see it." },
      { name: "Recording", description: "For producers: saying that something happened." },
      { name: "Subscriptions", description: "For a project's members: who else is told." },
      { name: "Deliveries", description: DELIVERIES },
      { name: "Notifications", description: "For receivers: how they are told." },
      { name: "Service", description: "About the service itself." },
    ],
    paths: {
      ...eventPaths(),
      ...subscriptionPaths(),
      ...subscriptionActionPaths(),
      ...deliveryPaths(),
      ...servicePaths(),
    },
    webhooks: webhooks(),
    components: {
      schemas: schemas(),
      parameters: parameters(),
      headers: HEADERS,
      responses: errorResponses(),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}
