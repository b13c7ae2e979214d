import { sha256 } from "../../lib/crypto.ts";

/** A name that needs no escape in JSON or in a JSON path of SQLite. */
const PLAIN_NAME = /^[\w:./-]{1,43}$/;

/**
 * Returns the key by which SQL looks a group up. A key has at most 44 bytes. Most names are their own keys. The key of
 * any other name is `#` and the SHA-256 of the name. No name that is its own key contains `#`.
 */
function groupKey(name: string): string {
  return PLAIN_NAME.test(name) ? name : `#${sha256(name, "base64url")}`;
}

/** Returns the group key of each name in the lists, by name. The key of a repeated name is computed only once. */
export function computeGroupKeys(lists: Iterable<readonly string[]>): Map<string, string> {
  const keys = new Map<string, string>();
  for (const names of lists) {
    for (const name of names) if (!keys.has(name)) keys.set(name, groupKey(name));
  }
  return keys;
}
