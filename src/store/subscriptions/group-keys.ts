import { sha256 } from "../../lib/crypto.ts";

/** A name that needs no escape in JSON or in a JSON path of SQLite. */
const PLAIN_NAME = /^[\w:./-]{1,43}$/;

/**
 * The key by which SQL looks a group up. It has at most 44 bytes. Most names are their own keys. For the others it is
 * `#` and the SHA-256 of the name; no plain name contains `#`.
 */
function groupKey(name: string): string {
  return PLAIN_NAME.test(name) ? name : `#${sha256(name, "base64url")}`;
}

/** The key of each name in the lists, by name. Each is computed once. */
export function computeGroupKeys(lists: Iterable<readonly string[]>): Map<string, string> {
  const keys = new Map<string, string>();
  for (const names of lists) {
    for (const name of names) if (!keys.has(name)) keys.set(name, groupKey(name));
  }
  return keys;
}
