import { createHash } from "node:crypto";

export const FOR_EVER = "public, max-age=31536000, immutable";

/** Where a text is served: another text has another address, so that browsers may keep each for ever. */
export function keptForEver(name: string, extension: string, text: string): string {
  return `${name}-${createHash("sha256").update(text).digest("hex").slice(0, 12)}.${extension}`;
}
