import { createHash } from "node:crypto";

/** A SHA-256 hash: 32 bytes. */
export type Hash = Uint8Array<ArrayBuffer>;

export const HASH_BYTES = 32;

/** The hash of one entry. RFC 6962 §2.1: because of the prefix, a leaf cannot have the hash of an inner node. */
export function leafHash(entry: Uint8Array): Hash {
  return sha256(LEAF_PREFIX, entry);
}

/** The hash of an inner node. RFC 6962 §2.1. */
export function nodeHash(left: Hash, right: Hash): Hash {
  return sha256(NODE_PREFIX, left, right);
}

/** The root of the tree without entries. RFC 6962 §2.1. */
export const EMPTY_ROOT: Hash = sha256();

/** The root of a tree whose leaves or equally large subtrees have these hashes. RFC 6962 §2.1. */
export function rootOf(hashes: readonly Hash[]): Hash {
  const [first] = hashes;
  if (first === undefined) return EMPTY_ROOT;
  if (hashes.length === 1) return first;
  const split = splitPoint(hashes.length);
  return nodeHash(rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

/** The largest power of two that is smaller than `size`. `size` is at least 2. RFC 6962 §2.1. */
export function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

export function isSameHash(one: Hash, other: Hash): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** As in a tile. */
export function concatHashes(hashes: readonly Hash[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hashes.length * HASH_BYTES);
  for (const [place, hash] of hashes.entries()) bytes.set(hash, place * HASH_BYTES);
  return bytes;
}

const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

function sha256(...parts: Uint8Array[]): Hash {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
