import { jsonResponse, requestBody } from "./media-types.ts";
import { parameterRef } from "./parameters.ts";
import { errorResponseRefs } from "./error-responses.ts";
import { AS_READER } from "./security.ts";
import type { PathItem } from "./openapi-types.ts";

const ONE = "/api/v1/events/subscriptions/project/{project}/{id}";
const OWNERS = "Needs the group `project:{project}:global:owner`.";
const OF_ONE = { tags: ["Subscriptions"], security: AS_READER };
const PATH = [parameterRef("Project"), parameterRef("SubscriptionId")];

/** What one may do with one subscription. */
export function subscriptionActionPaths(): Record<string, PathItem> {
  return { ...ofSecrets(), ...ofTests(), ...ofRecoveries() };
}

function ofSecrets(): Record<string, PathItem> {
  return {
    [`${ONE}/secret`]: {
      get: {
        ...OF_ONE,
        operationId: "getSigningSecret",
        summary: "A subscription's signing secret",
        description: OWNERS,
        parameters: PATH,
        responses: {
          200: jsonResponse("SigningSecret", "The secret.", ["Cache-Control"]),
          ...errorResponseRefs(400, 401, 403, 404, 405, 500, 503),
        },
      },
    },
    [`${ONE}/secret/rotate`]: {
      post: {
        ...OF_ONE,
        operationId: "rotateSigningSecret",
        summary: "Give a subscription a new signing secret",
        description:
          "For 24 hours the old secret signs beside the new one: `webhook-signature` then holds a signature by each, so " +
          `a receiver that knows either goes on. ${OWNERS} 409: ten old secrets still sign, or somebody else has ` +
          "replaced it at the same moment.",
        parameters: PATH,
        responses: {
          200: jsonResponse("SigningSecret", "The new one.", ["Cache-Control"]),
          ...errorResponseRefs(400, 401, 403, 404, 405, 409, 500, 503),
        },
      },
    },
  };
}

function ofTests(): Record<string, PathItem> {
  return {
    [`${ONE}/test`]: {
      post: {
        ...OF_ONE,
        operationId: "testSubscription",
        summary: "Send a sample",
        description:
          "At once, signed as an event is, also while the subscription is disabled. The sample's `id` is `0` and its " +
          "`webhook-id` begins with `msg_test_`; nothing of it is kept, and whatever comes of it changes nothing. " +
          `${OWNERS} 503: too many messages wait for its Slack URL, which takes one a second.`,
        parameters: PATH,
        responses: {
          200: jsonResponse("TestAttempt", "What came of it, also where it did not arrive.", ["Cache-Control"]),
          ...errorResponseRefs(400, 401, 403, 404, 405, 500, 503),
        },
      },
    },
  };
}

function ofRecoveries(): Record<string, PathItem> {
  return {
    [`${ONE}/recover`]: {
      post: {
        ...OF_ONE,
        operationId: "startRecovery",
        summary: "Send past events again",
        description:
          "Puts past events of the project on their way to the subscription, from one on up to the newest of now: those " +
          "that failed, or all, also from before it existed. Only what it may be told of by its `allowed_groups` and " +
          "`event_types` as they are now. What is `pending`, `held` or `cancelled` is left alone; while the " +
          "subscription is disabled or its receiver is down, all is `held`. What was delivered before keeps its " +
          `\`webhook-id\`, and each gets a fresh schedule. Goes on in steps, and survives a restart. ${OWNERS} 409: ` +
          "another recovery of the subscription runs.",
        parameters: PATH,
        requestBody: requestBody("RecoveryRequest", "From where, and which."),
        responses: {
          202: jsonResponse("Recovery", "It has begun; `Location` is where to watch it.", [
            "Location",
            "Cache-Control",
          ]),
          ...errorResponseRefs(400, 401, 403, 404, 405, 409, 413, 415, 500, 503),
        },
      },
    },
    [`${ONE}/recoveries/{recovery}`]: {
      get: {
        ...OF_ONE,
        operationId: "getRecovery",
        summary: "How far a recovery is",
        description:
          "Needs one of the groups `project:{project}:global:read`, `:write` or `:owner`. Also after the subscription " +
          "was deleted, which ends it.",
        parameters: [...PATH, parameterRef("RecoveryId")],
        responses: {
          200: jsonResponse("Recovery", "The recovery.", ["Cache-Control"]),
          ...errorResponseRefs(400, 401, 403, 404, 405, 500, 503),
        },
      },
    },
  };
}
