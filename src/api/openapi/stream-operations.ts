import { MAX_STREAMS } from "../../schemas/stream.ts";
import { operation } from "./openapi-operation.ts";
import { emptyResponse, jsonResponse, requestBody, type HeaderName } from "./openapi-responses.ts";
import type { PathItem } from "./openapi-types.ts";

const ALL = "/api/v1/events/streams";
const ONE = `${ALL}/{id}`;
const STREAM_HEADERS: HeaderName[] = ["ETag", "Cache-Control", "Vary"];
const NEEDS_OPERATOR = "For operators, who are in a group of `OPERATOR_GROUPS`.";

export function streamPaths(): Record<string, PathItem> {
  return {
    ...allPath(),
    ...changesPath(),
    ...onePath(),
    ...checkPath(),
    ...pausePaths(),
    ...rewindPath(),
    ...skipPath(),
  };
}

function allPath(): Record<string, PathItem> {
  return {
    [ALL]: {
      get: operation("listStreams", {
        tag: "Streams",
        summary: "All streams",
        description: `With their health. Secrets are never returned. ${NEEDS_OPERATOR}`,
        responses: { 200: jsonResponse("Streams", "All streams, oldest first.", ["Cache-Control"]) },
        errors: [403],
      }),
      post: operation("createStream", {
        tag: "Streams",
        summary: "Create a stream",
        description:
          "The stream sends a listing in order of ID, each event at least once, in batches of at most 1,000 events and " +
          "1 MiB. It begins after the newest event, or after `after`. You must be in each of `allowed_groups`; only an " +
          `operator who is also an auditor may leave them out. ${NEEDS_OPERATOR} 409: there are ${MAX_STREAMS} streams.`,
        body: requestBody("NewStream", "The stream."),
        responses: {
          201: jsonResponse("Stream", "The stream; `Location` is its path.", ["Location", ...STREAM_HEADERS]),
        },
        errors: [403, 409],
      }),
    },
  };
}

function changesPath(): Record<string, PathItem> {
  return {
    [`${ALL}/changes`]: {
      get: operation("listStreamChanges", {
        tag: "Streams",
        summary: "What operators did to streams",
        description: `Newest first; with \`page_after\`, oldest first. Also for streams that were deleted. ${NEEDS_OPERATOR}`,
        parameters: ["PageSize", "ChangesFrom", "ChangesAfter"],
        responses: { 200: jsonResponse("StreamChanges", "A page of changes.", ["Link", "Cache-Control"]) },
        errors: [403],
      }),
    },
  };
}

function onePath(): Record<string, PathItem> {
  return {
    [ONE]: {
      get: operation("getStream", {
        tag: "Streams",
        summary: "A stream",
        description: `With its health, and without its secret. ${NEEDS_OPERATOR}`,
        parameters: ["StreamId"],
        responses: { 200: jsonResponse("Stream", "The stream.", STREAM_HEADERS) },
        errors: [403, 404],
      }),
      put: operation("replaceStream", {
        tag: "Streams",
        summary: "Replace a stream's settings",
        description:
          "A secret that is left out stays; everything else is replaced, so send what `GET` returned. If the URL for Splunk or " +
          "Datadog gets another origin, send the secret again, because it would go there. The stream goes on " +
          "from where it is, and its next attempt is made at once. `kind` cannot be changed. To change the destination, you " +
          `must be in every group that the stream keeps, or an auditor if it carries everything. ${NEEDS_OPERATOR}`,
        parameters: ["StreamId", "IfMatch"],
        body: requestBody("ChangedStream", "The stream as it will be."),
        responses: { 200: jsonResponse("Stream", "The stream.", STREAM_HEADERS) },
        errors: [403, 404, 412],
      }),
      delete: operation("deleteStream", {
        tag: "Streams",
        summary: "Delete a stream",
        description: `A batch that is being sent may still arrive. ${NEEDS_OPERATOR}`,
        parameters: ["StreamId", "IfMatch"],
        responses: { 204: emptyResponse("The stream is deleted.") },
        errors: [403, 404, 412],
      }),
    },
  };
}

function checkPath(): Record<string, PathItem> {
  return {
    [`${ONE}/check`]: {
      post: operation("checkStream", {
        tag: "Streams",
        summary: "Send a sample",
        description:
          "Sends a sample event with the `id` `0` at once, also while the stream is paused. Nothing is stored, and the " +
          `result does not change the stream. ${NEEDS_OPERATOR}`,
        parameters: ["StreamId", "IfMatch"],
        responses: { 200: jsonResponse("StreamCheck", "The result, also if the attempt failed.", ["Cache-Control"]) },
        errors: [403, 404, 412],
      }),
    },
  };
}

function pausePaths(): Record<string, PathItem> {
  return {
    [`${ONE}/pause`]: {
      post: operation("pauseStream", {
        tag: "Streams",
        summary: "Pause a stream",
        description: `A batch that is being sent may still arrive. No event is lost. ${NEEDS_OPERATOR}`,
        parameters: ["StreamId", "IfMatch"],
        responses: { 200: jsonResponse("Stream", "The paused stream.", STREAM_HEADERS) },
        errors: [403, 404, 412],
      }),
    },
    [`${ONE}/resume`]: {
      post: operation("resumeStream", {
        tag: "Streams",
        summary: "Resume a stream",
        description: `The stream goes on at once from where it is. ${NEEDS_OPERATOR}`,
        parameters: ["StreamId", "IfMatch"],
        responses: { 200: jsonResponse("Stream", "The enabled stream.", STREAM_HEADERS) },
        errors: [403, 404, 412],
      }),
    },
  };
}

function rewindPath(): Record<string, PathItem> {
  return {
    [`${ONE}/rewind`]: {
      post: operation("rewindStream", {
        tag: "Streams",
        summary: "Set a stream back",
        description:
          "The stream sends every event after the given ID again, in new batches. Its receiver gets these events a second " +
          `time. ${NEEDS_OPERATOR} 409: the stream has not come as far as this ID.`,
        parameters: ["StreamId", "IfMatch"],
        body: requestBody("StreamRewind", "The ID after which the stream goes on."),
        responses: { 200: jsonResponse("Stream", "The stream.", STREAM_HEADERS) },
        errors: [403, 404, 409, 412],
      }),
    },
  };
}

function skipPath(): Record<string, PathItem> {
  return {
    [`${ONE}/skip`]: {
      post: operation("skipEvent", {
        tag: "Streams",
        summary: "Step over an event",
        description:
          "Steps over the event that the receiver refuses, which is `refused_event`, and goes on with the next one. The " +
          `change is kept, with the operator and the reason. ${NEEDS_OPERATOR} 409: the stream does not wait at this event.`,
        parameters: ["StreamId", "IfMatch"],
        body: requestBody("StreamSkip", "The event."),
        responses: { 200: jsonResponse("Stream", "The stream.", STREAM_HEADERS) },
        errors: [403, 404, 409, 412],
      }),
    },
  };
}
