import { invalidRequest } from "../errors.ts";

const MAX_LENGTH = 255;

/** The key is a string in quotes (RFC 8941 §3.3.3), or the same text without quotes. Both are the same key. */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1]?.replace(/\\(["\\])/g, "$1");
  const key = quoted ?? header;
  const isMisquoted = quoted === undefined && header.startsWith('"');
  if (isMisquoted || !/^[\x21-\x7e]+$/.test(key) || key.length > MAX_LENGTH) {
    throw invalidRequest([
      {
        path: "Idempotency-Key",
        message: `must be 1 to ${MAX_LENGTH} visible ASCII characters, bare or as a quoted string`,
      },
    ]);
  }
  return key;
}
