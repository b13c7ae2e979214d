import { createHash } from "node:crypto";

// RFC 6962 §2.1.2, followed as the recursion by which it defines a proof, not as the loop by which others verify one.

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
 * SUBPROOF(m, D[n], b), read from its beginning: the roots of the first m of n entries and of all n. `known` is the old
 * root, as long as b is true.
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
