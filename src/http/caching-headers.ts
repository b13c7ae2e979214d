const VARY = "Accept, Authorization, X-Escape-Token, Cookie";

/** A reader may keep the answer; unless it can never change, he asks each time whether it is still right. */
export function privateCacheHeaders(bookmark: string | null, isFixed = false): Record<string, string> {
  const caching = isFixed ? "private, max-age=3600, immutable" : "private, no-cache";
  return { "Cache-Control": caching, ...always(bookmark) };
}

/** Nobody keeps the answer: it is long, and soon another. */
export function noStoreHeaders(bookmark: string | null): Record<string, string> {
  return { "Cache-Control": "private, no-store", ...always(bookmark) };
}

function always(bookmark: string | null): Record<string, string> {
  return { Vary: VARY, ...(bookmark !== null && { "x-d1-bookmark": bookmark }) };
}
