import { isSameHash, nodeHash, type Hash } from "./merkle-hash.ts";

/** A tree as a checkpoint names it. */
export interface TreeHead {
  size: number;
  root: Hash;
}

/** Whether `proof` shows that the leaf of this hash is the tree's entry at `index`. RFC 9162 §2.1.3.2. */
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

/** Whether `proof` shows that the newer tree begins with the older one. RFC 9162 §2.1.4.2. */
export function verifyConsistency(older: TreeHead, newer: TreeHead, proof: readonly Hash[]): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && isSameHash(older.root, newer.root);
  if (older.size === 0) return proof.length === 0;
  let node = older.size - 1;
  let last = newer.size - 1;
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  // An old tree that is a complete subtree of the new one is where the proof begins, and the proof leaves it out.
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

// Sizes go beyond 32 bits, so no bit operators.
function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}
