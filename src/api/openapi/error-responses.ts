import { PROBLEMS, type Fault, type ProblemCode } from "../../errors.ts";
import { A_REQUEST_ID } from "./examples.ts";
import { headerRefs, type HeaderName } from "./response-headers.ts";
import { schemaRef } from "./schemas.ts";
import type { Example, Reference, Response } from "./openapi-types.ts";

type Status = (typeof PROBLEMS)[ProblemCode]["status"];

interface Refusal {
  name: string;
  description: string;
  headers?: HeaderName[];
}

const REFUSALS: Record<Status, Refusal> = {
  400: { name: "BadRequest", description: "The request is not valid; `errors` names each fault." },
  401: {
    name: "Unauthenticated",
    description: "There is no credential, or it is malformed, wrong or expired.",
    headers: ["WWW-Authenticate"],
  },
  403: {
    name: "Forbidden",
    description: "A role in the project is missing, a group is not yours to add, or a cookie came from another site.",
  },
  404: { name: "NotFound", description: "There is no such thing, or you may not know that there is." },
  405: { name: "MethodNotAllowed", description: "The path has other methods than this one.", headers: ["Allow"] },
  406: { name: "NotAcceptable", description: "`Accept` wants none of the forms that there are; `detail` lists them." },
  409: { name: "Conflict", description: "Its state does not allow this right now." },
  412: { name: "PreconditionFailed", description: "The set has changed since the tag in `If-Match`." },
  413: {
    name: "PayloadTooLarge",
    description: "The body is too large: over 4 MiB for a set of subscriptions, 1 MiB for all else.",
  },
  415: {
    name: "UnsupportedMediaType",
    description: "`Content-Type` is missing or is not JSON, or `Content-Encoding` is not `identity`.",
    headers: ["Accept", "Accept-Encoding"],
  },
  422: {
    name: "IdempotencyConflict",
    description: "The `Idempotency-Key` came with another body in the last 24 hours.",
  },
  500: { name: "ServerError", description: "A fault in the service or in its configuration." },
  503: {
    name: "Unavailable",
    description:
      "The database, the key set that tokens are checked with, or Slack's turn for a sample is not to be had right now.",
    headers: ["Retry-After"],
  },
};

/** An example of each problem's `detail`, and of the faults that come with it. */
const DETAILS: Record<ProblemCode, { detail: string; errors?: Fault[] }> = {
  "invalid-request": {
    detail: "page_size must be from 1 to 500",
    errors: [{ path: "page_size", message: "must be from 1 to 500" }],
  },
  unauthenticated: { detail: "The token has expired; get a new one." },
  forbidden: {
    detail: "This needs the role owner in the project: a group named project:PROJECT:global:ROLE.",
  },
  "not-found": { detail: "There is no event of this ID that you may see." },
  "method-not-allowed": { detail: "This path allows GET and HEAD." },
  "not-acceptable": {
    detail:
      "The media types of a listing are application/json, application/cloudevents-batch+json, application/x-ndjson, text/csv, " +
      "text/event-stream.",
  },
  conflict: {
    detail: "It is cancelled, its subscription is disabled or gone, or an attempt is running right now.",
  },
  "precondition-failed": { detail: "The subscriptions have changed since you read them: read them again." },
  "payload-too-large": { detail: "The body must not be larger than 1048576 bytes." },
  "unsupported-media-type": { detail: "Send JSON with the header Content-Type: application/json." },
  "idempotency-conflict": {
    detail: "This Idempotency-Key was used with another body in the last 24 hours; use a new key for a new request.",
  },
  misconfigured: { detail: "The variable JWT_SECRET must be at least 32 bytes long." },
  internal: { detail: "An unexpected error occurred. The service's logs name this request by its instance." },
  unavailable: { detail: "The database is overloaded; try again after the time in Retry-After." },
};

/** References to what an operation may be refused with, by status. */
export function errorResponseRefs(...statuses: Status[]): Record<string, Reference> {
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${REFUSALS[status].name}` }]),
  );
}

export function errorResponses(): Record<string, Response> {
  return Object.fromEntries(
    Object.entries(REFUSALS).map(([status, { name, description, headers = [] }]) => [
      name,
      {
        description,
        headers: headerRefs(...headers, "Cache-Control"),
        content: {
          "application/problem+json": { schema: schemaRef("Problem"), examples: problemsOf(Number(status)) },
        },
      },
    ]),
  );
}

function problemsOf(status: number): Record<string, Example> {
  const details: Record<string, object> = DETAILS;
  const problems = Object.entries(PROBLEMS).filter(([, problem]) => problem.status === status);
  return Object.fromEntries(
    problems.map(([code, { title }]) => {
      const value = { type: `urn:tidings:problem:${code}`, title, status, instance: A_REQUEST_ID, ...details[code] };
      return [code, { summary: title, value }];
    }),
  );
}
