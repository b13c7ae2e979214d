import { MAX_SCANNED } from "../../domain/events/listing-query.ts";
import { MAX_EVENTS } from "../../schemas/event.ts";
import { proofOperation } from "./log-operations.ts";
import { operation } from "./openapi-operation.ts";
import type { ParameterName } from "./openapi-parameters.ts";
import { emptyResponse, jsonResponse, listingResponse, requestBody, type HeaderName } from "./openapi-responses.ts";
import type { PathItem } from "./openapi-types.ts";

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

const ORDER =
  "Newest first; with `page_after`, oldest first. With `type`, `username`, `since` or `until`, one request scans at most " +
  `${MAX_SCANNED} events, so a page may be short or empty and still have a next page.`;

const FORMATS =
  "`Accept` selects the format. JSON and CloudEvents are served in pages; a page over 2 MB is streamed. NDJSON and CSV " +
  "contain the whole listing from the cursor on. A response that ends with a transport error is incomplete; continue NDJSON " +
  "and CSV with `page_from` (or `page_after`) and the last event that arrived. CSV is UTF-8 without a byte order mark. " +
  "NDJSON with `openings=1` has what the log's entry of each event is made of. " +
  "`text/event-stream` is a live stream: it starts after `Last-Event-ID` (or `lastEventId`) or `page_after`, or with the " +
  "next event. It ends after at most ten minutes, or when the token expires; the client then reconnects with the last `id`.";

export function eventPaths(): Record<string, PathItem> {
  return { ...listingPaths(), ...eventPath(), ...recordingPath() };
}

function listingPaths(): Record<string, PathItem> {
  return {
    [QUERY]: listing(
      "listEvents",
      "All events",
      "Every event that you may see. An empty filter is ignored, and so is a filter that needs another one which is missing.",
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
  };
}

/** The nine listings have the same parameters and responses, except for the parameters that select the events. */
function listing(operationId: string, summary: string, description: string, ...own: ParameterName[]): PathItem {
  return {
    get: operation(operationId, {
      tag: "Events",
      summary,
      description: `${description} ${ORDER}\n\n${FORMATS}`,
      parameters: [...own, ...PAGE],
      responses: {
        200: listingResponse("The events, in the format that `Accept` selects.", [...PAGE_HEADERS, ...STREAM_HEADERS]),
        304: emptyResponse("A copy named in `If-None-Match` is current.", PAGE_HEADERS),
      },
      errors: [406],
    }),
  };
}

function eventPath(): Record<string, PathItem> {
  return {
    "/api/v1/events/{id}": {
      get: operation("getEvent", {
        tag: "Events",
        summary: "One event",
        description: "If you may not see the event, the response is the same as if it did not exist: 404.",
        parameters: ["EventId"],
        responses: { 200: jsonResponse("Event", "The event.", ["Cache-Control", "Vary", "x-d1-bookmark"]) },
        errors: [404],
      }),
    },
    "/api/v1/events/{id}/proof": { get: proofOperation() },
  };
}

function recordingPath(): Record<string, PathItem> {
  return {
    "/internal/create-event": {
      post: operation("recordEvents", {
        tag: "Recording",
        summary: "Record events",
        description:
          `Records one event, or an array of up to ${MAX_EVENTS} in one transaction: all of them or none, with IDs in ` +
          "the array's order. Without an `Idempotency-Key`, every request records.",
        caller: "producer",
        parameters: ["IdempotencyKey"],
        body: requestBody("RecordRequest", "At most 1 MiB."),
        responses: {
          200: emptyResponse("Recorded, now or by an earlier request with the same key.", [
            "Location",
            "x-d1-bookmark",
          ]),
        },
        errors: [422],
      }),
    },
  };
}
