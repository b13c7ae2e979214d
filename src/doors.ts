import { getPath } from "hono/utils/url";

/** Whether a request's path is the API's. All others are pages. Paths are read as Hono reads them. */
export function isForPrograms(request: Request): boolean {
  return /^\/(?:api|internal|health|openapi\.json)(?:\/|$)/.test(getPath(request));
}
