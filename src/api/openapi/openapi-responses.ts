import type { PROBLEMS, ProblemCode } from "../../errors.ts";
import { A_BOOKMARK, A_REQUEST_ID, A_TAG, EXAMPLES } from "./openapi-examples.ts";
import { schemaRef } from "./openapi-schemas.ts";
import { problemExamples } from "./problem-examples.ts";
import type { Content, Header, Operation, Reference, Response } from "./openapi-types.ts";

type BodyName = keyof typeof EXAMPLES;
export type HeaderName = keyof typeof RESPONSE_HEADERS;
export type ErrorStatus = (typeof PROBLEMS)[ProblemCode]["status"];

export function requestBody(name: BodyName, description: string): NonNullable<Operation["requestBody"]> {
  return { description, required: true, content: jsonContent(name) };
}

export function jsonResponse(name: BodyName, description: string, headers: HeaderName[] = []): Response {
  return { description, headers: headerRefs(...headers), content: jsonContent(name) };
}

export function emptyResponse(description: string, headers: HeaderName[] = []): Response {
  return { description, headers: headerRefs(...headers) };
}

export function textResponse(name: BodyName, description: string, headers: HeaderName[]): Response {
  const content = { "text/plain; charset=utf-8": bodyContent(name) };
  return { description, headers: headerRefs(...headers), content };
}

export function binaryResponse(name: BodyName, description: string, headers: HeaderName[]): Response {
  return { description, headers: headerRefs(...headers), content: { "application/octet-stream": bodyContent(name) } };
}

/** A listing in each of its formats. */
export function listingResponse(description: string, headers: HeaderName[]): Response {
  const content: Content = {
    ...jsonContent("Events"),
    "application/cloudevents-batch+json": bodyContent("CloudEvents"),
    "application/x-ndjson": bodyContent("EventLines"),
    "text/csv": bodyContent("EventRecords"),
    "text/event-stream": bodyContent("EventStream"),
    "application/x-ndjson; openings=1": bodyContent("OpenedEventLines"),
  };
  return { description, headers: headerRefs(...headers), content };
}

function jsonContent(name: BodyName): Content {
  return { "application/json": bodyContent(name) };
}

function bodyContent(name: BodyName): Content[string] {
  return { schema: schemaRef(name), examples: EXAMPLES[name] };
}

/** Every response also has an `X-Request-Id` and, if configured, a `Server-Timing`. */
function headerRefs(...names: HeaderName[]): Record<string, Reference> {
  const all = [...names, "X-Request-Id", "Server-Timing"];
  return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

export const RESPONSE_HEADERS = {
  "X-Request-Id": always(A_REQUEST_ID, "The request's ID, as in the service's logs."),
  "Server-Timing": sometimes(
    'd1;dur=1.4, d1-queries;desc="1", d1-rows-read;desc="128", d1-rows-written;desc="0"',
    "The request's cost in the database. Only with `SERVER_TIMING`.",
  ),
  "Cache-Control": always("private, no-cache", "How the response may be cached. `no-store` for a problem."),
  Vary: always(
    "Accept, Authorization, X-Escape-Token, Cookie",
    "The request headers that the response depends on. Includes `Origin` if the service allows other origins.",
  ),
  ETag: sometimes(A_TAG, "The entity tag of the response, for `If-None-Match` or `If-Match`. A stream has none."),
  "Content-Disposition": sometimes(
    "attachment; filename=\"events-state-webshop.csv\"; filename*=UTF-8''events-state-webshop.csv",
    "RFC 6266 and RFC 8187: a file name that is unique to the listing. With CSV and NDJSON.",
  ),
  "X-Accel-Buffering": sometimes("no", "Makes proxies forward a live stream without buffering it."),
  Link: sometimes(
    '<https://tidings.example.com/api/v1/events/query/?page_size=100&page_from=943>; rel="next"',
    "RFC 8288: the next page, with all filters kept. With `page_after` it is always present, for the next poll; without " +
      "it, only if there is another page.",
  ),
  "x-d1-bookmark": sometimes(A_BOOKMARK, "Send it back to read data at least as fresh as this response."),
  Location: sometimes(
    "/api/v1/events/1042",
    "The path of the recorded event, if there is exactly one, of the started recovery, or of the created stream.",
  ),
  "WWW-Authenticate": always('Bearer realm="tidings"', "RFC 6750: the credential that is required."),
  Allow: always("GET, HEAD", "The methods that this path allows."),
  Accept: sometimes("application/json", "The media type that is required. With a 415 for `Content-Type`."),
  "Accept-Encoding": sometimes("identity", "The coding that is required. With a 415 for `Content-Encoding`."),
  "Retry-After": sometimes(
    "5",
    "Seconds to wait before the request is sent again; for a follower, before the next poll.",
  ),
} satisfies Record<string, Header>;

function always(example: string, description: string): Header {
  return { ...sometimes(example, description), required: true };
}

function sometimes(example: string, description: string): Header {
  return { description, schema: { type: "string" }, example };
}

interface ErrorResponse {
  name: string;
  description: string;
  headers?: HeaderName[];
}

const ERROR_RESPONSES: Record<ErrorStatus, ErrorResponse> = {
  400: { name: "BadRequest", description: "The request is not valid; `errors` lists each error." },
  401: {
    name: "Unauthenticated",
    description: "The credential is missing, malformed, wrong or expired.",
    headers: ["WWW-Authenticate"],
  },
  403: {
    name: "Forbidden",
    description:
      "You lack the required role in the project, you are not an operator, you may not add one of the groups or change the " +
      "destination, or the cookie came from another site.",
  },
  404: { name: "NotFound", description: "What the path names does not exist, or you may not see it." },
  405: { name: "MethodNotAllowed", description: "The path does not allow this method.", headers: ["Allow"] },
  406: { name: "NotAcceptable", description: "`Accept` matches no supported media type; `detail` lists them." },
  409: { name: "Conflict", description: "The current state does not allow the request.", headers: ["Retry-After"] },
  412: {
    name: "PreconditionFailed",
    description: "The set or stream has changed since you read the entity tag in `If-Match`.",
  },
  413: {
    name: "PayloadTooLarge",
    description: "The body is too large: over 4 MiB for a set of subscriptions, or over 1 MiB for any other body.",
  },
  415: {
    name: "UnsupportedMediaType",
    description: "`Content-Type` is missing or is not JSON, or `Content-Encoding` is not `identity`.",
    headers: ["Accept", "Accept-Encoding"],
  },
  422: {
    name: "IdempotencyConflict",
    description: "The `Idempotency-Key` was used with another body in the last 24 hours.",
  },
  500: { name: "ServerError", description: "An error in the service or in its configuration." },
  503: {
    name: "Unavailable",
    description:
      "Temporarily unavailable: the database, the key set that verifies tokens, a checkpoint of the log, or a Slack URL that " +
      "takes one message a second.",
    headers: ["Retry-After"],
  },
};

export function errorResponseRefs(...statuses: ErrorStatus[]): Record<string, Reference> {
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${ERROR_RESPONSES[status].name}` }]),
  );
}

export function errorResponses(): Record<string, Response> {
  return Object.fromEntries(
    Object.entries(ERROR_RESPONSES).map(([status, { name, description, headers = [] }]) => [
      name,
      {
        description,
        headers: headerRefs(...headers, "Cache-Control"),
        content: {
          "application/problem+json": { schema: schemaRef("Problem"), examples: problemExamples(Number(status)) },
        },
      },
    ]),
  );
}
