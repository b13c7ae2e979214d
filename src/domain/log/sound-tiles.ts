import type { StoredTree } from "../../store/log/log-state.ts";
import { edgeRoot } from "../../tlog/append-leaves.ts";
import { toBase64 } from "../../tlog/base64.ts";
import { isSameHash, rootOf } from "../../tlog/merkle-hash.ts";
import { hashesIn } from "../../tlog/range-hash.ts";
import { partialTiles, TILE_WIDTH, tileInTree, tilePath, type Tile } from "../../tlog/tile.ts";
import { DamagedTree } from "./plan-append.ts";
import type { Tiles } from "./read-tiles.ts";

type HashTile = Tile & { level: number };

/** Returns the tiles that hold the roots of the full tiles among these tiles. Returns each tile once. */
export function parentTiles(tiles: readonly Tile[], size: number): Tile[] {
  const parents = tiles.filter(isFull).map((tile) => parentOf(tile, size));
  return [...new Map(parents.map((tile) => [tilePath(tile), tile])).values()];
}

/**
 * Checks that the root of each full tile is in the tile above. A full tile of D1 is copied only after this check,
 * because somebody who restores D1 from the copy depends on its tiles.
 * @throws DamagedTree
 */
export function requireSoundTiles(tiles: readonly Tile[], bytes: Tiles, size: number): void {
  for (const tile of tiles.filter(isFull)) {
    const above = hashesIn(bytesOf(parentOf(tile, size), bytes))[tile.index % TILE_WIDTH];
    const root = rootOf(hashesIn(bytesOf(tile, bytes)));
    if (above === undefined || !isSameHash(above, root)) throw damaged(tilePath(tile));
  }
}

/**
 * Checks that the partial tiles have the root of the tree. Partial tiles are copied only after this check.
 * @throws DamagedTree
 */
export function requireSoundEdge({ size, root }: StoredTree, bytes: Tiles): void {
  const partial = partialTiles(size).filter(isOfHashes);
  const edge = { size, partial: partial.map((tile) => ({ ...tile, hashes: bytesOf(tile, bytes) })) };
  if (toBase64(edgeRoot(edge)) !== root) throw damaged("last tiles");
}

function isOfHashes(tile: Tile): tile is HashTile {
  return tile.level !== "entries";
}

function isFull(tile: Tile): tile is HashTile {
  return isOfHashes(tile) && tile.width === TILE_WIDTH;
}

function parentOf({ level, index }: HashTile, size: number): Tile {
  const parent = tileInTree(level + 1, Math.floor(index / TILE_WIDTH), size);
  if (parent === undefined)
    throw new RangeError(`a tree of ${size} entries has no full tile ${index} of level ${level}`);
  return parent;
}

function bytesOf(tile: Tile, bytes: Tiles): Uint8Array<ArrayBuffer> {
  const found = bytes.get(tilePath(tile));
  if (found === undefined) throw damaged(tilePath(tile));
  return found;
}

function damaged(what: string): DamagedTree {
  return new DamagedTree(`The log's ${what} in D1 does not have the root that stands above it.`);
}
