import { MAX_SUBSCRIPTIONS } from "../../schemas/subscription.ts";
import { operation } from "./openapi-operation.ts";
import type { ParameterName } from "./openapi-parameters.ts";
import { jsonResponse, requestBody, type HeaderName } from "./openapi-responses.ts";
import type { PathItem } from "./openapi-types.ts";

const SET = "/api/v1/events/subscriptions/project/{project}";
const SET_HEADERS: HeaderName[] = ["ETag", "Cache-Control", "Vary"];

const ONE = `${SET}/{id}`;
const ONE_PARAMETERS: ParameterName[] = ["Project", "SubscriptionId"];

const NEEDS_OWNER = "Needs the group `project:{project}:global:owner`.";
const NEEDS_MEMBER = "Needs one of the groups `project:{project}:global:read`, `:write` or `:owner`.";

export function subscriptionPaths(): Record<string, PathItem> {
  return { ...setPath(), ...secretPaths(), ...testPath(), ...recoveryPaths() };
}

function setPath(): Record<string, PathItem> {
  return {
    [SET]: {
      get: operation("listSubscriptions", {
        tag: "Subscriptions",
        summary: "A project's subscriptions",
        description: `${NEEDS_MEMBER} Members who are not owners see only the origin of each URL.`,
        parameters: ["Project"],
        responses: { 200: jsonResponse("Subscriptions", "All subscriptions, oldest first.", SET_HEADERS) },
        errors: [403],
      }),
      put: operation("replaceSubscriptions", {
        tag: "Subscriptions",
        summary: "Replace a project's subscriptions",
        description:
          `Replaces the whole set, at most ${MAX_SUBSCRIPTIONS}. ${NEEDS_OWNER} An entry with the \`id\` of a ` +
          "subscription keeps it. An entry without one replaces, in order, a stored subscription of the same `type` and " +
          "`url` that no entry names; if there is none, it is new. A subscription without an entry is deleted with its " +
          "pending deliveries. The same set can be sent again, with or without IDs, and changes nothing.",
        parameters: ["Project", "IfMatch"],
        body: requestBody("SubscriptionSet", "At most 4 MiB, so that every body from `GET` can be sent back."),
        responses: { 200: jsonResponse("Subscriptions", "The stored subscriptions.", SET_HEADERS) },
        errors: [403, 412],
      }),
    },
  };
}

function secretPaths(): Record<string, PathItem> {
  return {
    [`${ONE}/secret`]: {
      get: operation("getSigningSecret", {
        tag: "Subscriptions",
        summary: "A subscription's signing secret",
        description: NEEDS_OWNER,
        parameters: ONE_PARAMETERS,
        responses: { 200: jsonResponse("SigningSecret", "The secret.", ["Cache-Control"]) },
        errors: [403, 404],
      }),
    },
    [`${ONE}/secret/rotate`]: {
      post: operation("rotateSigningSecret", {
        tag: "Subscriptions",
        summary: "Replace a subscription's signing secret",
        description:
          "For 24 hours, messages are signed with both secrets: `webhook-signature` contains a signature for each, so a " +
          `receiver that knows either of them accepts the message. ${NEEDS_OWNER} 409: ten earlier secrets still sign, ` +
          "or another request has replaced the secret at the same moment.",
        parameters: ONE_PARAMETERS,
        responses: { 200: jsonResponse("SigningSecret", "The new secret.", ["Cache-Control"]) },
        errors: [403, 404, 409],
      }),
    },
  };
}

function testPath(): Record<string, PathItem> {
  return {
    [`${ONE}/test`]: {
      post: operation("testSubscription", {
        tag: "Subscriptions",
        summary: "Send a sample",
        description:
          "Sends a sample event at once, signed like any event, even while the subscription is disabled. The sample's " +
          "`id` is `0` and its `webhook-id` begins with `msg_test_`. Nothing is stored, and the result does not change " +
          `the subscription. ${NEEDS_OWNER} 503: too many messages wait for its Slack URL, which takes one message a second.`,
        parameters: ONE_PARAMETERS,
        responses: { 200: jsonResponse("TestAttempt", "The result, also if the attempt failed.", ["Cache-Control"]) },
        errors: [403, 404],
      }),
    },
  };
}

function recoveryPaths(): Record<string, PathItem> {
  return {
    [`${ONE}/recover`]: {
      post: operation("startRecovery", {
        tag: "Subscriptions",
        summary: "Send past events again",
        description:
          "Sends past events of the project to the subscription, from the given event up to the newest one at the time " +
          "of the request: those whose delivery failed, or all, also from before the subscription existed. Only events " +
          "that its current `allowed_groups` and `event_types` match. A delivery that is `pending`, `held` or `cancelled` " +
          "does not change. While the subscription is disabled or its receiver is down, the deliveries are `held`. An " +
          "event that was delivered before keeps its `webhook-id`; each delivery starts its schedule again. The job runs " +
          `in steps, and continues after a restart. ${NEEDS_OWNER} 409: another recovery of the subscription is running.`,
        parameters: ONE_PARAMETERS,
        body: requestBody("RecoveryRequest", "The first event, and which events."),
        responses: {
          202: jsonResponse("Recovery", "The recovery has started; `Location` is the path to poll.", [
            "Location",
            "Cache-Control",
          ]),
        },
        errors: [403, 404, 409],
      }),
    },
    [`${ONE}/recoveries/{recovery}`]: {
      get: operation("getRecovery", {
        tag: "Subscriptions",
        summary: "The progress of a recovery",
        description: `${NEEDS_MEMBER} Also available after the subscription was deleted, which ends the recovery.`,
        parameters: [...ONE_PARAMETERS, "RecoveryId"],
        responses: { 200: jsonResponse("Recovery", "The recovery.", ["Cache-Control"]) },
        errors: [403, 404],
      }),
    },
  };
}

export function deliveryPaths(): Record<string, PathItem> {
  return {
    "/api/v1/events/deliveries/project/{project}": {
      get: operation("listDeliveries", {
        tag: "Deliveries",
        summary: "A project's deliveries",
        description:
          "Newest first. Deliveries that have not arrived are those with `state=failed`, `held` or `pending`. " +
          NEEDS_MEMBER,
        parameters: [
          "Project",
          "PageSize",
          "DeliveriesFrom",
          "DeliveriesInState",
          "DeliveriesOfSubscription",
          "DeliveriesOfEvent",
        ],
        responses: { 200: jsonResponse("Deliveries", "A page of deliveries.", ["Link", "Cache-Control"]) },
        errors: [403],
      }),
    },
    "/api/v1/events/deliveries/{id}": {
      get: operation("getDelivery", {
        tag: "Deliveries",
        summary: "A delivery with its attempts",
        description: `${NEEDS_MEMBER} Without one, the response is a 404. Only owners see the receivers' responses.`,
        parameters: ["DeliveryId"],
        responses: { 200: jsonResponse("DeliveryHistory", "The delivery.", ["Cache-Control"]) },
        errors: [404],
      }),
    },
    "/api/v1/events/deliveries/{id}/redeliver": {
      post: operation("redeliver", {
        tag: "Deliveries",
        summary: "Send a delivery again",
        description:
          "Sends the delivery at once, also after it was delivered, with the same `webhook-id` and a new schedule. A " +
          "delivery that is `held` because its receiver is down becomes the probe that tests whether the receiver is " +
          `healthy again. ${NEEDS_OWNER} 409: the delivery is \`cancelled\`, its subscription is disabled or no longer ` +
          "receives the event (its type, or its groups), or an attempt is in progress.",
        parameters: ["DeliveryId"],
        responses: { 202: jsonResponse("Delivery", "The delivery is pending.", ["Cache-Control"]) },
        errors: [403, 404, 409],
      }),
    },
  };
}
