import { createHash } from "node:crypto";

// Verifies a proof by the recursion with which RFC 6962 §2.1.2 defines it, and not by the loop that other verifiers
// use.

interface Head {
  size: number;
  root: Buffer;
}

export function isConsistent(older: Head, newer: Head, proof: readonly Buffer[]): boolean {
  if (older.size === 0) return proof.length === 0;
  const left = [...proof];
  try {
    const roots = subproof(older.size, newer.size, older.root, left);
    return left.length === 0 && roots.older.equals(older.root) && roots.newer.equals(newer.root);
  } catch {
    return false;
  }
}

/**
 * Reads SUBPROOF(m, D[n], b) from its beginning. Returns the root of the first m of n entries, and the root of all n
 * entries. `known` is the old root, as long as b is true.
 */
function subproof(m: number, n: number, known: Buffer | undefined, proof: Buffer[]): { older: Buffer; newer: Buffer } {
  if (m === n) {
    const root = known ?? next(proof);
    return { older: root, newer: root };
  }
  let k = 1;
  while (2 * k < n) k *= 2;
  if (m <= k) {
    const { older, newer } = subproof(m, k, known, proof);
    return { older, newer: node(newer, next(proof)) };
  }
  const { older, newer } = subproof(m - k, n - k, undefined, proof);
  const left = next(proof);
  return { older: node(left, older), newer: node(left, newer) };
}

function next(proof: Buffer[]): Buffer {
  const hash = proof.shift();
  if (hash?.length !== 32) throw new Error("the proof ends too early");
  return hash;
}

function node(left: Buffer, right: Buffer): Buffer {
  return createHash("sha256")
    .update(Buffer.concat([Buffer.of(1), left, right]))
    .digest();
}

export const EMPTY_ROOT = createHash("sha256").digest();
