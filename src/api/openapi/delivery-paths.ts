import { jsonResponse } from "./media-types.ts";
import { parameterRef } from "./parameters.ts";
import { errorResponseRefs } from "./error-responses.ts";
import { AS_READER } from "./security.ts";
import type { PathItem } from "./openapi-types.ts";

const MEMBERS = "Needs one of the groups `project:{project}:global:read`, `:write` or `:owner`.";

export function deliveryPaths(): Record<string, PathItem> {
  return {
    "/api/v1/events/deliveries/project/{project}": {
      get: {
        operationId: "listDeliveries",
        tags: ["Deliveries"],
        summary: "A project's deliveries",
        description: `Newest first. What has not arrived is \`state=failed\`, \`held\` or \`pending\`. ${MEMBERS}`,
        security: AS_READER,
        parameters: [
          parameterRef("Project"),
          parameterRef("PageSize"),
          parameterRef("DeliveriesFrom"),
          parameterRef("DeliveriesInState"),
          parameterRef("DeliveriesOfSubscription"),
          parameterRef("DeliveriesOfEvent"),
        ],
        responses: {
          200: jsonResponse("Deliveries", "A page of them.", ["Link", "Cache-Control"]),
          ...errorResponseRefs(400, 401, 403, 405, 500, 503),
        },
      },
    },
    "/api/v1/events/deliveries/{id}": {
      get: {
        operationId: "getDelivery",
        tags: ["Deliveries"],
        summary: "A delivery with all its attempts",
        description: `${MEMBERS} Without one it is 404. What receivers answered is for owners only.`,
        security: AS_READER,
        parameters: [parameterRef("DeliveryId")],
        responses: {
          200: jsonResponse("DeliveryHistory", "The delivery.", ["Cache-Control"]),
          ...errorResponseRefs(400, 401, 404, 405, 500, 503),
        },
      },
    },
    "/api/v1/events/deliveries/{id}/redeliver": {
      post: {
        operationId: "redeliver",
        tags: ["Deliveries"],
        summary: "Send a delivery again",
        description:
          "Whatever became of it, at once, under the same `webhook-id` and with a fresh schedule. One that is `held` " +
          "because its receiver is down becomes the one that finds out whether it is well again. Needs the group " +
          "`project:{project}:global:owner`. 409: it is `cancelled`, its subscription is disabled or no longer takes " +
          "the event (its type, or its groups), or an attempt is running right now.",
        security: AS_READER,
        parameters: [parameterRef("DeliveryId")],
        responses: {
          202: jsonResponse("Delivery", "It is pending.", ["Cache-Control"]),
          ...errorResponseRefs(400, 401, 403, 404, 405, 409, 500, 503),
        },
      },
    },
  };
}
