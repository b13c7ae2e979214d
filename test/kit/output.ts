export function print(text: string): void {
  console.log(text);
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

export function secondsSince(startMs: number): string {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
}

/** The first five IDs of a list, for a message. */
export function formatIds(ids: string[]): string {
  return `${ids.length === 1 ? "event" : `${ids.length} events:`} ${ids.slice(0, 5).join(", ")}${ids.length > 5 ? ", …" : ""}`;
}
