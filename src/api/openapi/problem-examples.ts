import { PROBLEMS, type Fault, type ProblemCode } from "../../errors.ts";
import { A_REQUEST_ID } from "./openapi-examples.ts";
import type { Example } from "./openapi-types.ts";

/** An example of each problem's `detail` and `errors`. */
const PROBLEM_EXAMPLES: Record<ProblemCode, { detail: string; errors?: Fault[] }> = {
  "invalid-request": {
    detail: "page_size must be from 1 to 500",
    errors: [{ path: "page_size", message: "must be from 1 to 500" }],
  },
  unauthenticated: { detail: "The token has expired; get a new one." },
  forbidden: {
    detail: "You need the role owner in this project: one of your groups must be named project:PROJECT:global:ROLE.",
  },
  "not-found": { detail: "There is no event with this ID that you may see." },
  "method-not-allowed": { detail: "This path allows GET and HEAD." },
  "not-acceptable": {
    detail:
      "The media types of a listing are application/json, application/cloudevents-batch+json, application/x-ndjson, text/csv, " +
      "text/event-stream, application/x-ndjson; openings=1.",
  },
  conflict: {
    detail:
      "The delivery cannot be sent again: it is cancelled, the subscription is disabled or deleted, or an attempt is in progress.",
  },
  "precondition-failed": { detail: "The subscriptions have changed since you read them. Read them again." },
  "payload-too-large": { detail: "The body must not be larger than 1048576 bytes." },
  "unsupported-media-type": { detail: "Send JSON with the header Content-Type: application/json." },
  "idempotency-conflict": {
    detail: "This Idempotency-Key was used with another body in the last 24 hours; use a new key for a new request.",
  },
  misconfigured: { detail: "The variable JWT_SECRET must be at least 32 bytes long." },
  internal: { detail: "An unexpected error occurred. To find it in the service's log, search for the ID in instance." },
  unavailable: { detail: "The database is overloaded; try again after the time in Retry-After." },
};

/** One example for each code that has this status. */
export function problemExamples(status: number): Record<string, Example> {
  const details: Record<string, object> = PROBLEM_EXAMPLES;
  const problems = Object.entries(PROBLEMS).filter(([, problem]) => problem.status === status);
  return Object.fromEntries(
    problems.map(([code, { title }]) => {
      const value = { type: `urn:tidings:problem:${code}`, title, status, instance: A_REQUEST_ID, ...details[code] };
      return [code, { summary: title, value }];
    }),
  );
}
