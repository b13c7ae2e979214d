import type { StoredTree } from "../../store/log/log-state.ts";
import { fromBase64 } from "../../tlog/base64.ts";
import type { Hash } from "../../tlog/merkle-hash.ts";
import { rangeHash } from "../../tlog/range-hash.ts";
import { consistencyRanges, inclusionRanges, type EntryRange } from "../../tlog/subtree.ts";
import { tilesForRanges, type Tile } from "../../tlog/tile.ts";
import { verifyConsistency, type TreeHead } from "../../tlog/verify-proof.ts";
import { DamagedTree } from "./plan-append.ts";
import { tileReader, type Tiles } from "./read-tiles.ts";

/** Reads tiles of a tree, from D1 or from the copy in the bucket. */
export type TileSource = (tiles: readonly Tile[]) => Promise<Tiles>;

/**
 * Proves that the tree of `newSize` entries begins with the tree of `oldSize` entries. `readTiles` reads the newer
 * tree.
 * @throws RangeError if a tile is missing, or if the old tree is larger than the new one
 */
export function proveConsistency(oldSize: number, newSize: number, readTiles: TileSource): Promise<Hash[]> {
  return hashRanges(consistencyRanges(oldSize, newSize), newSize, readTiles);
}

/**
 * Proves that the tree of `size` entries has its entry at `index`.
 * @throws RangeError if a tile is missing, or if the tree has no such entry
 */
export function proveInclusion(index: number, size: number, readTiles: TileSource): Promise<Hash[]> {
  return hashRanges(inclusionRanges(index, size), size, readTiles);
}

async function hashRanges(ranges: readonly EntryRange[], size: number, readTiles: TileSource): Promise<Hash[]> {
  const wanted = tilesForRanges(ranges, size);
  const readTile = tileReader(wanted, wanted.length === 0 ? new Map() : await readTiles(wanted));
  return ranges.map((range) => rangeHash(range, readTile));
}

/**
 * Returns true if the newer tree begins with the older tree. `readTiles` reads the newer tree. Returns false if a tile
 * of the newer tree is damaged.
 */
export async function isExtension(older: TreeHead, newer: TreeHead, readTiles: TileSource): Promise<boolean> {
  if (older.size > newer.size) return false;
  try {
    return verifyConsistency(older, newer, await proveConsistency(older.size, newer.size, readTiles));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * Returns the stored tree with its root as bytes.
 * @throws DamagedTree if the root that is stored in D1 cannot be read
 */
export function storedHead({ size, root }: StoredTree): TreeHead {
  const bytes = fromBase64(root);
  if (bytes === undefined) throw new DamagedTree("The root in D1 cannot be read.");
  return { size, root: bytes };
}
