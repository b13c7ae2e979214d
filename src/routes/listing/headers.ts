/** A reader may keep the answer, and asks each time whether it is still right. */
export function cachedByTheReader(bookmark: string | null): Record<string, string> {
  return {
    "Cache-Control": "private, no-cache",
    Vary: "Accept, Authorization, X-Escape-Token, Cookie",
    ...(bookmark !== null && { "x-d1-bookmark": bookmark }),
  };
}
