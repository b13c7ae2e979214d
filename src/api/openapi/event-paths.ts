import { MAX_SCANNED } from "../../domain/events/fetch-page.ts";
import { MAX_EVENTS } from "../../schemas/event.ts";
import { jsonResponse, emptyResponse, listingResponse, requestBody } from "./media-types.ts";
import type { HeaderName } from "./response-headers.ts";
import { parameterRef, type ParameterName } from "./parameters.ts";
import { errorResponseRefs } from "./error-responses.ts";
import { AS_PRODUCER, AS_READER } from "./security.ts";
import type { Operation, PathItem } from "./openapi-types.ts";

const QUERY = "/api/v1/events/query";
const PAGE: ParameterName[] = [
  "PageSize",
  "PageFrom",
  "PageAfter",
  "Limit",
  "FilterType",
  "FilterUsername",
  "FilterSince",
  "FilterUntil",
  "IfNoneMatch",
  "LastEventId",
  "LastEventIdParameter",
  "Bookmark",
];
const PAGE_HEADERS: HeaderName[] = ["Link", "ETag", "Retry-After", "Cache-Control", "Vary", "x-d1-bookmark"];
const STREAM_HEADERS: HeaderName[] = ["Content-Disposition", "X-Accel-Buffering"];

const FORMS =
  "`Accept` chooses the form. JSON and CloudEvents come in pages; a page of more than 2 MB is streamed. NDJSON and CSV are " +
  "the whole listing from the cursor on. Any of them that breaks off is not whole; NDJSON and CSV go on with `page_from` (or " +
  "`page_after`) from the last event that arrived. CSV is UTF-8 without a byte order mark. `text/event-stream` is live: it begins after `Last-Event-ID` (or " +
  "`lastEventId`) or `page_after`, or now, and ends by itself within ten minutes and with the token, for the client to come " +
  "back with the last `id`.";

export function eventPaths(): Record<string, PathItem> {
  return {
    [QUERY]: listing(
      "listEvents",
      "All events",
      "Every event that you may see. A filter that does not count is ignored, and so is an empty one.",
      "FilterInventoryProject",
      "FilterInventoryApplication",
      "FilterInventoryVersion",
      "FilterStateProject",
      "FilterStateEnvironment",
      "FilterStateDeployment",
    ),
    [`${QUERY}/inventory`]: listing(
      "listInventoryEvents",
      "Events of the Inventory",
      "The events that name an Inventory project.",
    ),
    [`${QUERY}/inventory/{project}`]: listing(
      "listInventoryProjectEvents",
      "Events of an Inventory project",
      "The events that name this Inventory project.",
      "InventoryProject",
    ),
    [`${QUERY}/inventory/{project}/{application}`]: listing(
      "listApplicationEvents",
      "Events of an application",
      "The events that name this application of the Inventory project.",
      "InventoryProject",
      "Application",
    ),
    [`${QUERY}/inventory/{project}/{application}/{version}`]: listing(
      "listReleaseEvents",
      "Events of a release",
      "The events that name this version of the application.",
      "InventoryProject",
      "Application",
      "ReleaseVersion",
    ),
    [`${QUERY}/project`]: listing("listStateEvents", "Events of State", "The events that name a State project."),
    [`${QUERY}/project/{project}`]: listing(
      "listStateProjectEvents",
      "Events of a State project",
      "The events that name this State project.",
      "StateProject",
    ),
    [`${QUERY}/project/{project}/{environment}`]: listing(
      "listEnvironmentEvents",
      "Events of an environment",
      "The events that name this environment of the State project.",
      "StateProject",
      "Environment",
    ),
    [`${QUERY}/project/{project}/{environment}/deployment`]: listing(
      "listDeploymentEvents",
      "Events of a deployment",
      "The events that name this deployment in the environment.",
      "StateProject",
      "Environment",
      "Deployment",
    ),
    "/api/v1/events/{id}": {
      get: {
        operationId: "getEvent",
        tags: ["Events"],
        summary: "One event",
        description: "An event that is hidden from you answers as one that never was: 404.",
        security: AS_READER,
        parameters: [parameterRef("EventId")],
        responses: {
          200: jsonResponse("Event", "The event.", ["Cache-Control", "Vary", "x-d1-bookmark"]),
          ...errorResponseRefs(400, 401, 404, 405, 500, 503),
        },
      },
    },
    "/internal/create-event": {
      post: {
        operationId: "recordEvents",
        tags: ["Recording"],
        summary: "Record events",
        description:
          `Records one event, or an array of up to ${MAX_EVENTS} in one transaction: all of them or none, with IDs in ` +
          "the array's order. Without an `Idempotency-Key`, every request records.",
        security: AS_PRODUCER,
        parameters: [parameterRef("IdempotencyKey")],
        requestBody: requestBody("RecordRequest", "At most 1 MiB."),
        responses: {
          200: emptyResponse("Recorded, now or by an earlier request of the same key.", ["Location", "x-d1-bookmark"]),
          ...errorResponseRefs(400, 401, 405, 413, 415, 422, 500, 503),
        },
      },
    },
  };
}

/** The nine listings differ in what they list, and in nothing else. */
function listing(operationId: string, summary: string, description: string, ...own: ParameterName[]): PathItem {
  const get: Operation = {
    operationId,
    tags: ["Events"],
    summary,
    description:
      `${description} Newest first; with \`page_after\`, oldest first. A page with \`type\`, \`username\`, \`since\` or ` +
      `\`until\` looks at ${MAX_SCANNED} events at most, so it may be short, or empty, and have a next one all the same.\n\n${FORMS}`,
    security: AS_READER,
    parameters: [...own, ...PAGE].map(parameterRef),
    responses: {
      200: listingResponse("Events, in the form that is wanted.", [...PAGE_HEADERS, ...STREAM_HEADERS]),
      304: emptyResponse("A copy named in `If-None-Match` is still right.", PAGE_HEADERS),
      ...errorResponseRefs(400, 401, 405, 406, 500, 503),
    },
  };
  return { get };
}
