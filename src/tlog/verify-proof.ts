import { isSameHash, nodeHash, type Hash } from "./merkle-hash.ts";

/** The size and root of a tree, as in a checkpoint. */
export interface TreeHead {
  size: number;
  root: Hash;
}

/** True if `proof` shows that the entry at `index` of the tree has the hash `leaf`. RFC 9162 §2.1.3.2. */
export function verifyInclusion(leaf: Hash, index: number, { size, root }: TreeHead, proof: readonly Hash[]): boolean {
  if (index < 0 || index >= size) return false;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (node > 0 && !isOdd(node)) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && isSameHash(hash, root);
}

/** True if `proof` shows that the newer tree begins with the older one. RFC 9162 §2.1.4.2. */
export function verifyConsistency(older: TreeHead, newer: TreeHead, proof: readonly Hash[]): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && isSameHash(older.root, newer.root);
  if (older.size === 0) return proof.length === 0;
  let node = older.size - 1;
  let last = newer.size - 1;
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  // If the old tree is a complete subtree of the new one, the proof begins with its root, which is left out.
  const [first, ...others] = node === 0 ? [older.root, ...proof] : proof;
  if (first === undefined) return false;
  let [olderHash, newerHash] = [first, first];
  for (const sibling of others) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      olderHash = nodeHash(sibling, olderHash);
      newerHash = nodeHash(sibling, newerHash);
      while (node > 0 && !isOdd(node)) [node, last] = [half(node), half(last)];
    } else {
      newerHash = nodeHash(newerHash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && isSameHash(olderHash, older.root) && isSameHash(newerHash, newer.root);
}

// Sizes may exceed 32 bits, so bit operators cannot be used.
function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}
