type Headers = Record<string, string>;

/** The request headers that a response for a reader depends on. */
const VARY = "Accept, Authorization, X-Escape-Token, Cookie";

/** For responses that contain secrets, or that change although nobody sends a request. */
export const NO_STORE = { "Cache-Control": "private, no-store" };

/** For responses that are the same for all callers, and change only with a deployment. */
export const PUBLIC_FOR_AN_HOUR = { "Cache-Control": "public, max-age=3600" };

/** A browser may store the response, but must revalidate it before each use, unless it is immutable. */
export function privateCacheHeaders(bookmark: string | null, isImmutable = false): Headers {
  const caching = isImmutable ? "private, max-age=3600, immutable" : "private, no-cache";
  return { "Cache-Control": caching, ...readerHeaders(bookmark) };
}

/** For streams, which are long and soon outdated. */
export function noStoreHeaders(bookmark: string | null): Headers {
  return { ...NO_STORE, ...readerHeaders(bookmark) };
}

type LogAccess = "readers" | "public";

/** For the newest checkpoint and what depends on it. */
export function checkpointCacheHeaders(access: LogAccess): Headers {
  return logHeaders(access, "max-age=5");
}

/** For a part of the log that never changes. */
export function immutableLogHeaders(access: LogAccess): Headers {
  return logHeaders(access, "max-age=31536000, immutable");
}

/** Without tokens, the response is the same for all callers. */
function logHeaders(access: LogAccess, caching: string): Headers {
  if (access === "public") return { "Cache-Control": `public, ${caching}` };
  return { "Cache-Control": `private, ${caching}`, ...readerHeaders(null) };
}

function readerHeaders(bookmark: string | null): Headers {
  return { Vary: VARY, ...(bookmark !== null && { "x-d1-bookmark": bookmark }) };
}
