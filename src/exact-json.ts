/**
 * JSON whose numbers keep every digit. `parseExactJson` leaves a number as the `JSON.rawJSON` object of its source
 * text, which `JSON.stringify` writes back as it was: 1763859600123456789 and 1.10 survive, where a double would not.
 */
export interface RawNumber {
  readonly rawJSON: string;
}

// TypeScript's library does not describe the JSON.parse source text access proposal yet.
declare global {
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): value is RawNumber;
    parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  }
}

export function isRawNumber(value: unknown): value is RawNumber {
  return JSON.isRawJSON(value);
}

/** @throws SyntaxError for what is not JSON, RangeError for what nests too deep to walk. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context) =>
    typeof value === "number" && context.source !== undefined ? JSON.rawJSON(context.source) : value,
  );
}
