import { createHash } from "node:crypto";

// The hashes and trees of RFC 6962 §2.1. WebCrypto would take 30 times as long for such short inputs.

export const HASH_BYTES = 32;
export const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** @param {Uint8Array[]} parts */
export function sha256(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** A tree that grows leaf by leaf. It keeps only the roots of its complete subtrees, the largest first. */
export class GrowingTree {
  size = 0;
  /** @type {Buffer[]} */ #subtrees = [];

  /** Yields the leaf, and the root and the height of each subtree that the leaf completes. @param {Buffer} leaf */
  *add(leaf) {
    this.size += 1;
    let hash = leaf;
    for (let height = 0; ; height += 1) {
      yield { height, hash };
      const left = this.size % 2 ** (height + 1) === 0 ? this.#subtrees.pop() : undefined;
      if (!left) break;
      hash = sha256(NODE, left, hash);
    }
    this.#subtrees.push(hash);
  }

  root() {
    const [last = sha256(), ...others] = this.#subtrees.toReversed();
    return others.reduce((right, left) => sha256(NODE, left, right), last);
  }
}

/**
 * Computes the root of a tree of `size` leaves from the leaf at `index` and the path of that leaf (RFC 6962 §2.1.1,
 * the leaf's sibling first).
 * @param {Buffer} leaf @param {number} index below `size` @param {number} size @param {Buffer[]} path
 * @returns {Buffer | undefined} undefined if the path is too long or too short
 */
export function rootByPath(leaf, index, size, path) {
  if (size === 1) return path.length === 0 ? leaf : undefined;
  const [below, sibling] = [path.slice(0, -1), path.at(-1)];
  let split = 1; // the largest power of two below `size`
  while (split * 2 < size) split *= 2;
  const isLeft = index < split;
  const own = isLeft ? rootByPath(leaf, index, split, below) : rootByPath(leaf, index - split, size - split, below);
  if (!own || !sibling) return undefined;
  return isLeft ? sha256(NODE, own, sibling) : sha256(NODE, sibling, own);
}
