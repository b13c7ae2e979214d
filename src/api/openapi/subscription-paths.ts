import { MAX_SUBSCRIPTIONS } from "../../schemas/subscription.ts";
import { jsonResponse, requestBody } from "./media-types.ts";
import type { HeaderName } from "./response-headers.ts";
import { parameterRef } from "./parameters.ts";
import { errorResponseRefs } from "./error-responses.ts";
import { AS_READER } from "./security.ts";
import type { PathItem } from "./openapi-types.ts";

const PROJECT = "/api/v1/events/subscriptions/project/{project}";
const SET_HEADERS: HeaderName[] = ["ETag", "Cache-Control", "Vary"];

export function subscriptionPaths(): Record<string, PathItem> {
  return {
    [PROJECT]: {
      get: {
        operationId: "listSubscriptions",
        tags: ["Subscriptions"],
        summary: "A project's subscriptions",
        description:
          "Needs one of the groups `project:{project}:global:read`, `:write` or `:owner`. Who is no owner sees the " +
          "origin of each URL alone.",
        security: AS_READER,
        parameters: [parameterRef("Project")],
        responses: {
          200: jsonResponse("Subscriptions", "All of them, in the order of their creation.", SET_HEADERS),
          ...errorResponseRefs(400, 401, 403, 405, 500, 503),
        },
      },
      put: {
        operationId: "replaceSubscriptions",
        tags: ["Subscriptions"],
        summary: "Replace a project's subscriptions",
        description:
          `Replaces the whole set, at most ${MAX_SUBSCRIPTIONS}. ` +
          "Needs the group `project:{project}:global:owner`. An entry with the `id` of a subscription keeps it; one " +
          "without takes over, in order, a stored one of the same `type` and `url` that no entry names, or is new. What " +
          "is left out is deleted with its pending deliveries. So a set may be sent again and again, with IDs or " +
          "without: it changes nothing.",
        security: AS_READER,
        parameters: [parameterRef("Project"), parameterRef("IfMatch")],
        requestBody: requestBody("SubscriptionSet", "At most 4 MiB, so that whatever `GET` answers may be sent back."),
        responses: {
          200: jsonResponse("Subscriptions", "What is stored now.", SET_HEADERS),
          ...errorResponseRefs(400, 401, 403, 405, 412, 413, 415, 500, 503),
        },
      },
    },
  };
}
