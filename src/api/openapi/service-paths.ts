import { jsonResponse, emptyResponse } from "./media-types.ts";
import { parameterRef } from "./parameters.ts";
import { errorResponseRefs } from "./error-responses.ts";
import { AS_ANYBODY } from "./security.ts";
import type { PathItem } from "./openapi-types.ts";

export function servicePaths(): Record<string, PathItem> {
  return {
    "/health": {
      get: {
        operationId: "getHealth",
        tags: ["Service"],
        summary: "Is the service well?",
        description:
          "Checks every variable and asks the database. A bad or missing variable or binding is a 500 whose `detail` " +
          "names the first one, never its value; a database that does not answer is a 503.",
        security: AS_ANYBODY,
        parameters: [],
        responses: {
          200: jsonResponse("Health", "The database answers, and every variable is well-formed.", ["Cache-Control"]),
          ...errorResponseRefs(405, 500, 503),
        },
      },
    },
    "/openapi.json": {
      get: {
        operationId: "getOpenApi",
        tags: ["Service"],
        summary: "This document",
        description: "Made from the schemas that requests are held to.",
        security: AS_ANYBODY,
        parameters: [parameterRef("IfNoneMatch")],
        responses: {
          200: jsonResponse("OpenApi", "This document.", ["ETag", "Cache-Control"]),
          304: emptyResponse("A copy named in `If-None-Match` is still right.", ["ETag", "Cache-Control"]),
          ...errorResponseRefs(405, 500),
        },
      },
    },
  };
}
