import { A_BOOKMARK, A_REQUEST_ID, A_TAG } from "./examples.ts";
import type { Header, Reference } from "./openapi-types.ts";

export type HeaderName = keyof typeof HEADERS;

const EVERYWHERE: HeaderName[] = ["X-Request-Id", "Server-Timing"];

/** References to an answer's headers: to these, and to those that every answer has. */
export function headerRefs(...names: HeaderName[]): Record<string, Reference> {
  return Object.fromEntries([...names, ...EVERYWHERE].map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

export const HEADERS = {
  "X-Request-Id": always(A_REQUEST_ID, "The request's ID: by it, our logs know this request."),
  "Server-Timing": sometimes(
    'd1;dur=1.4, d1-queries;desc="1", d1-rows-read;desc="128", d1-rows-written;desc="0"',
    "What the request cost on the database. With `SERVER_TIMING` only.",
  ),
  "Cache-Control": always("private, no-cache", "Who may keep the answer, and for how long. `no-store` for a problem."),
  Vary: always(
    "Accept, Authorization, X-Escape-Token, Cookie",
    "What the answer depends on besides its URL. Includes `Origin` if the service allows any other origin.",
  ),
  ETag: sometimes(A_TAG, "Names this answer, for `If-None-Match` or `If-Match`. A stream has none."),
  "Content-Disposition": sometimes(
    "attachment; filename=\"events-state-webshop.csv\"; filename*=UTF-8''events-state-webshop.csv",
    "RFC 6266 and RFC 8187: a name for the file, which no other place's has. With CSV and NDJSON.",
  ),
  "X-Accel-Buffering": sometimes("no", "Tells proxies to pass on what comes as it comes. With a live stream."),
  Link: sometimes(
    '<https://tidings.example.com/api/v1/events/query/?page_size=100&page_from=943>; rel="next"',
    "RFC 8288: the next page, with all filters kept. With `page_after` it is always there, to be asked again; " +
      "without it, exactly when there is another page.",
  ),
  "x-d1-bookmark": sometimes(A_BOOKMARK, "Send it back to read data at least as fresh as this answer."),
  Location: sometimes("/api/v1/events/1042", "Where the event is, when one was recorded by itself; or the recovery."),
  "WWW-Authenticate": always('Bearer realm="tidings"', "RFC 6750: what credential is asked for."),
  Allow: always("GET, HEAD", "The methods that this path has."),
  Accept: sometimes("application/json", "The content type that is asked for. With a 415 for `Content-Type`."),
  "Accept-Encoding": sometimes("identity", "The coding that is asked for. With a 415 for `Content-Encoding`."),
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
