import { deliveryPaths } from "./delivery-paths.ts";
import { eventPaths } from "./event-paths.ts";
import { HEADERS } from "./headers.ts";
import { notifications } from "./notifications.ts";
import { parameters } from "./parameters.ts";
import { refusalResponses } from "./refusals.ts";
import { schemas } from "./schemas.ts";
import { SECURITY_SCHEMES } from "./security.ts";
import { servicePaths } from "./service-paths.ts";
import type { OpenApiDocument } from "./specification.ts";
import { subscriptionPaths } from "./subscription-paths.ts";

const VERSION = "1.0.0";

const DESCRIPTION = `\
An audit trail of what happens on a platform. Producers record events; readers list those that they may see; \
subscriptions notify webhooks and Slack.

- Every path works with and without its trailing slash.
- A listing is an array, newest first. Follow \`Link: <…>; rel="next"\` to page, and never build a cursor by hand. To \
follow the feed, ask with \`page_after\` from the last ID that you saw: no event is ever missed.
- Refusals are \`application/problem+json\` (RFC 9457).
- Where a method is GET, HEAD works too.`;

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
      { name: "Deliveries", description: "For a project's members: what has arrived and what has not." },
      { name: "Notifications", description: "For receivers: how they are told." },
      { name: "Service", description: "About the service itself." },
    ],
    paths: { ...eventPaths(), ...subscriptionPaths(), ...deliveryPaths(), ...servicePaths() },
    webhooks: notifications(),
    components: {
      schemas: schemas(),
      parameters: parameters(),
      headers: HEADERS,
      responses: refusalResponses(),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}
