import { concatHashes, EMPTY_ROOT, HASH_BYTES, rootOf, type Hash } from "./merkle-hash.ts";
import { hashesIn, rangeHash } from "./range-hash.ts";
import { levelWidth, partialTiles, TILE_WIDTH, type Tile } from "./tile.ts";

interface TileBytes extends Tile {
  level: number;
  /** `width` × 32 bytes. */
  hashes: Uint8Array<ArrayBuffer>;
}

/** The part of a tree that is needed to append to it: the size, and the partial tiles, at most one for each level. */
export interface TreeEdge {
  size: number;
  partial: readonly TileBytes[];
}

export interface GrownTree extends TreeEdge {
  root: Hash;
  /** The tiles that have become full, and so never change again. */
  full: TileBytes[];
}

/**
 * The tree after `leaves`, which are hashes, were appended. C2SP tlog-tiles, "Partial Tiles": the hashes of a level are
 * the roots of the full tiles of the level below.
 * @throws RangeError if the edge does not belong to a tree of its size.
 */
export function appendLeaves({ size, partial }: TreeEdge, leaves: readonly Hash[]): GrownTree {
  requireEdge(size, partial);
  const newSize = size + leaves.length;
  const full: TileBytes[] = [];
  const edge: TileBytes[] = [];
  let added: readonly Hash[] = leaves;
  for (let level = 0; levelWidth(level, newSize) > 0; level++) {
    const before = partial.find((tile) => tile.level === level);
    const first = Math.floor(levelWidth(level, size) / TILE_WIDTH);
    const hashes = [...(before === undefined ? [] : hashesIn(before.hashes)), ...added];
    const roots: Hash[] = [];
    for (let start = 0; start < hashes.length; start += TILE_WIDTH) {
      const tile = toTile(level, first + start / TILE_WIDTH, hashes.slice(start, start + TILE_WIDTH));
      if (tile.width === TILE_WIDTH) {
        full.push(tile);
        roots.push(rootOf(hashesIn(tile.hashes)));
      } else {
        edge.push(tile);
      }
    }
    added = roots;
  }
  return { size: newSize, partial: edge, full, root: edgeRoot({ size: newSize, partial: edge }) };
}

/**
 * The root of a tree, computed from its partial tiles. They are enough, because each complete subtree at the right edge
 * has its root in one of them.
 * @throws RangeError if the edge does not belong to a tree of its size.
 */
export function edgeRoot({ size, partial }: TreeEdge): Hash {
  requireEdge(size, partial);
  if (size === 0) return EMPTY_ROOT;
  return rangeHash({ start: 0, end: size }, (level) => {
    const tile = partial.find((one) => one.level === level);
    if (tile === undefined) throw new RangeError(`the edge of a tree of ${size} entries lacks level ${level}`);
    return tile.hashes;
  });
}

function toTile(level: number, index: number, hashes: readonly Hash[]): TileBytes {
  return { level, index, width: hashes.length, hashes: concatHashes(hashes) };
}

function requireEdge(size: number, partial: readonly TileBytes[]): void {
  const expected = partialTiles(size);
  const isComplete =
    expected.length === partial.length &&
    expected.every(({ level, index, width }) =>
      partial.some(
        (tile) =>
          tile.level === level &&
          tile.index === index &&
          tile.width === width &&
          tile.hashes.length === width * HASH_BYTES,
      ),
    );
  if (!isComplete) throw new RangeError(`these are not the partial tiles of a tree of ${size} entries`);
}
