import { sha256 } from "../../lib/crypto.ts";

/** Needs no escape in JSON, nor in a path of SQLite's. */
const PLAIN_NAME = /^[\w:./-]{1,43}$/;

/**
 * Stands for a group's name where SQL looks a group up: at most 44 bytes, whatever the name. Most names stand for
 * themselves; of the others it is the SHA-256, whose # no plain name has.
 */
function groupKey(name: string): string {
  return PLAIN_NAME.test(name) ? name : `#${sha256(name, "base64url")}`;
}

/** Of each name in the lists, computed once. */
export function groupKeysOf(lists: Iterable<readonly string[]>): Map<string, string> {
  const keys = new Map<string, string>();
  for (const names of lists) {
    for (const name of names) if (!keys.has(name)) keys.set(name, groupKey(name));
  }
  return keys;
}
