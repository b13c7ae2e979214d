import type { Problem } from "../../schemas/problem.ts";
import { DELIVERY_DESCRIPTIONS } from "./delivery-descriptions.ts";
import type { Description } from "./description.ts";
import { EVENT_DESCRIPTIONS } from "./event-descriptions.ts";
import { SUBSCRIPTION_DESCRIPTIONS } from "./subscription-descriptions.ts";

const ofProblem = {
  description: "A refusal, as RFC 9457 has it.",
  fields: {
    type: "What kind of problem it is: the same URN each time.",
    title: "The kind in words: the same each time.",
    status: "The HTTP status.",
    detail: "What was wrong with this request.",
    instance: "The request's ID, as in `X-Request-Id`.",
    errors: "With a 400: everything that is wrong.",
  } satisfies Record<keyof Problem, string>,
};

export const DESCRIPTIONS: Record<string, Description> = {
  ...EVENT_DESCRIPTIONS,
  ...SUBSCRIPTION_DESCRIPTIONS,
  ...DELIVERY_DESCRIPTIONS,
  Health: { description: "The service and its database answer.", fields: { status: "`ok`." } },
  OpenApi: { description: "An OpenAPI 3.1 document.", fields: { openapi: "The version of OpenAPI." } },
  Problem: ofProblem,
  Fault: {
    description: "One thing that is wrong with a request.",
    fields: { path: "Where: `0.type`, `page_size`. Empty: the body as a whole.", message: "What would be right." },
  },
};
