import { operation } from "./openapi-operation.ts";
import { binaryResponse, emptyResponse, textResponse, type HeaderName } from "./openapi-responses.ts";
import type { Operation, PathItem } from "./openapi-types.ts";

const ACCESS = "Without a token if the variable `LOG_ACCESS` is `public`. Without a log, a 404 that says so.";
const HEADERS: HeaderName[] = ["ETag", "Cache-Control", "Vary"];

/** `Vary` is optional, because a response that is the same for all callers has no such header. */
const UNCHANGED = emptyResponse("A copy named in `If-None-Match` is current.", HEADERS);

/** The paths of the log. C2SP tlog-tiles, "Parameters" and "APIs". */
export function logPaths(): Record<string, PathItem> {
  return { ...checkpointPath(), ...keyPath(), ...tilePath() };
}

function checkpointPath(): Record<string, PathItem> {
  return {
    "/log/checkpoint": {
      get: operation("getCheckpoint", {
        tag: "Log",
        summary: "The newest checkpoint",
        description:
          "The size of the log and the root of its tree, signed: C2SP tlog-checkpoint. It may be up to 5 seconds old. " +
          `A log without entries has a checkpoint of size 0. ${ACCESS}`,
        parameters: ["Cosigned", "IfNoneMatch"],
        responses: {
          200: textResponse("Checkpoint", "The checkpoint, as it is signed.", HEADERS),
          304: UNCHANGED,
        },
        errors: [404],
      }),
    },
  };
}

function keyPath(): Record<string, PathItem> {
  return {
    "/log/key": {
      get: operation("getLogKey", {
        tag: "Log",
        summary: "The log's public key",
        description:
          "It verifies the signatures of checkpoints: C2SP signed-note. Get it once from the operator in another way, and keep " +
          `it: a service that shows another log would show another key. ${ACCESS}`,
        parameters: ["IfNoneMatch"],
        responses: { 200: textResponse("LogKey", "The key, in one line.", HEADERS), 304: UNCHANGED },
        errors: [404],
      }),
    },
  };
}

function tilePath(): Record<string, PathItem> {
  return {
    "/log/tile/{level}/{tile}": {
      get: operation("getTile", {
        tag: "Log",
        summary: "A tile of hashes, or a bundle of entries",
        description:
          "C2SP tlog-tiles. Never changes. A tile is 256 hashes of 32 bytes; a bundle is 256 entries, each after its length in " +
          "two bytes, big-endian. With `.p/{width}` at its end, the path names the first hashes or entries of one that is not " +
          `full. 404 beyond the tree of the newest checkpoint. ${ACCESS}`,
        parameters: ["TileLevel", "TileIndex", "IfNoneMatch"],
        responses: { 200: binaryResponse("Tile", "The hashes or entries.", HEADERS), 304: UNCHANGED },
        errors: [404],
      }),
    },
  };
}

/** The operation of an event's proof. Its path is below the path of the event. */
export function proofOperation(): Operation {
  return operation("getProof", {
    tag: "Log",
    summary: "The proof that an event is in the log",
    description:
      "C2SP tlog-proof, against the newest checkpoint; `extra` is the event's opening. With the exact body of the event and the " +
      "log's key, anybody can check it without this service. The response is the same 404 for an event that you may not see " +
      "and for one that does not exist. 409 while the checkpoint does not cover the event: with `Retry-After`, unless the log is " +
      "stopped. Without a log, a 404 that says so.",
    parameters: ["EventId", "Cosigned", "IfNoneMatch"],
    responses: { 200: textResponse("EventProof", "The proof.", HEADERS), 304: UNCHANGED },
    errors: [404, 409],
  });
}
