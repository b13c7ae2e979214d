import { createHash } from "node:crypto";
import { appendLeaves } from "../../src/tlog/append-leaves.ts";
import type { Hash } from "../../src/tlog/merkle-hash.ts";
import type { EntryRange } from "../../src/tlog/subtree.ts";
import { tilePath } from "../../src/tlog/tile.ts";

/** A tree exactly as RFC 6962 §2.1 defines it, without the service's own arithmetic. */
export class ReferenceTree {
  readonly #leaves: Hash[];
  readonly #known = new Map<string, Hash>();

  constructor(entries: readonly Uint8Array[]) {
    this.#leaves = entries.map((entry) => sha256(Uint8Array.of(0), entry));
  }

  /** MTH(D[start:end]). */
  hash({ start, end }: EntryRange): Hash {
    const name = `${start}-${end}`;
    const hash = this.#known.get(name) ?? this.#compute(start, end);
    this.#known.set(name, hash);
    return hash;
  }

  #compute(start: number, end: number): Hash {
    const [leaf] = this.#leaves.slice(start, end);
    if (leaf === undefined) return sha256();
    if (end - start === 1) return leaf;
    const k = 2 ** (Math.ceil(Math.log2(end - start)) - 1);
    return sha256(Uint8Array.of(1), this.hash({ start, end: start + k }), this.hash({ start: start + k, end }));
  }
}

export function entriesUpTo(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => new TextEncoder().encode(`entry ${index}`));
}

export function leavesOf(entries: readonly Uint8Array[]): Hash[] {
  return entries.map((entry) => sha256(Uint8Array.of(0), entry));
}

/**
 * Lets a tree grow by these leaves, in steps of these sizes. Returns every tile that the tree ever had, by its path.
 */
export function growTiles(leaves: readonly Hash[], stepSizes: readonly number[] = [leaves.length]) {
  const tiles = new Map<string, Uint8Array<ArrayBuffer>>();
  let tree = appendLeaves({ size: 0, partial: [] }, []);
  for (let step = 0; tree.size < leaves.length; step++) {
    const count = Math.max(1, stepSizes[step % stepSizes.length] ?? 1);
    tree = appendLeaves(tree, leaves.slice(tree.size, tree.size + count));
    for (const tile of [...tree.full, ...tree.partial]) tiles.set(tilePath(tile), tile.hashes);
  }
  return { tree, tiles };
}

function sha256(...parts: Uint8Array[]): Hash {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
