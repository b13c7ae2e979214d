const VARY = "Accept, Authorization, X-Escape-Token, Cookie";

/** A reader may keep the answer, and asks each time whether it is still right. */
export function cachedByTheReader(bookmark: string | null): Record<string, string> {
  return { "Cache-Control": "private, no-cache", ...always(bookmark) };
}

/** Nobody keeps the answer: it is long, and soon another. */
export function onlyForNow(bookmark: string | null): Record<string, string> {
  return { "Cache-Control": "private, no-store", ...always(bookmark) };
}

function always(bookmark: string | null): Record<string, string> {
  return { Vary: VARY, ...(bookmark !== null && { "x-d1-bookmark": bookmark }) };
}
