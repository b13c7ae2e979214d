import { createHash } from "node:crypto";

/** Where a text is served: another text has another address, so that browsers may keep each for ever. */
export function hashedUrl(name: string, extension: string, text: string): string {
  return `${name}-${createHash("sha256").update(text).digest("hex").slice(0, 12)}.${extension}`;
}
