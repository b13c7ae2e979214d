import { EMPTY_ROOT, HASH_BYTES, nodeHash, rootOf, type Hash } from "./merkle-hash.ts";
import { completeSubtrees, type EntryRange } from "./subtree.ts";
import { tileSlice } from "./tile.ts";

/** Returns a tile that `tilesForRanges` named. If the tree has grown since, the tile may be wider. */
export type ReadTile = (level: number, index: number) => Uint8Array<ArrayBuffer>;

/**
 * The Merkle tree hash of a range: a whole tree (`{ start: 0, end: size }`), or a subtree in a proof.
 * @throws RangeError if a tile is too short.
 */
export function rangeHash(range: EntryRange, readTile: ReadTile): Hash {
  const roots = completeSubtrees(range).map((node) => {
    const { level, index, offset, count } = tileSlice(node);
    return rootOf(hashesIn(readTile(level, index), offset, count));
  });
  return (
    roots.reduceRight((right, left) => (right === undefined ? left : nodeHash(left, right)), noHash()) ?? EMPTY_ROOT
  );
}

/** `count` hashes of a tile, beginning with the hash at `offset`. */
export function hashesIn(tile: Uint8Array<ArrayBuffer>, offset = 0, count = tile.length / HASH_BYTES - offset): Hash[] {
  if (tile.length < (offset + count) * HASH_BYTES) {
    throw new RangeError(`a tile of ${tile.length} bytes does not hold hash ${offset + count - 1}`);
  }
  return Array.from({ length: count }, (_, place) =>
    tile.slice((offset + place) * HASH_BYTES, (offset + place + 1) * HASH_BYTES),
  );
}

function noHash(): Hash | undefined {
  return undefined;
}
