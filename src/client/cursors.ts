/** Where a listing's URL says to go on; undefined where it does not. */
export function cursorOf(url: string, name: "page_from" | "page_after"): string | undefined {
  return new URL(url, "http://localhost").searchParams.get(name) ?? undefined;
}

/** Decimals without leading zeros, also beyond 2^53. */
export function isLess(one: string, other: string): boolean {
  return one.length === other.length ? one < other : one.length < other.length;
}
