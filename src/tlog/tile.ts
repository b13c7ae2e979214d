import { completeSubtrees, type EntryRange, type SubtreeNode } from "./subtree.ts";

/** The number of hashes in a full tile, and of entries in a full bundle. C2SP tlog-tiles, "Merkle Tree". */
export const TILE_WIDTH = 256;

const TILE_HEIGHT = 8;

/** A tile of level "entries" contains entries and is called a bundle. The tiles of the other levels contain hashes. */
export type TileLevel = number | "entries";

export interface Tile {
  level: TileLevel;
  /** The number of the tile in its level, from 0. */
  index: number;
  /** The number of hashes or entries: 256, or fewer in a partial tile. */
  width: number;
}

/** The path of a tile below a log's prefix, as in `tile/0/x001/x234/067` or `tile/1/000.p/17`. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = `${index}`.padStart(Math.ceil(`${index}`.length / 3) * 3, "0");
  const groups = digits.match(/[0-9]{3}/g) ?? [];
  const name = groups.map((group, place) => (place < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${name}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}

const PATH = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** Undefined if `tilePath` cannot have made the path. */
export function parseTilePath(path: string): Tile | undefined {
  const [, level, name, width] = PATH.exec(path) ?? [];
  if (level === undefined || name === undefined) return undefined;
  const tile: Tile = {
    level: level === "entries" ? level : Number(level),
    index: Number(name.replace(/[x/]/g, "")),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  const isInRange = Number.isSafeInteger(tile.index) && (tile.level === "entries" || tile.level <= MAX_LEVEL);
  return isInRange && tilePath(tile) === path ? tile : undefined;
}

// C2SP tlog-tiles, "Merkle Tree": a level is a decimal between 0 and 63.
const MAX_LEVEL = 63;

/** The number of hashes that a level has in a tree of `size` entries. Level "entries" counts as level 0. */
export function levelWidth(level: TileLevel, size: number): number {
  return Math.floor(size / TILE_WIDTH ** (level === "entries" ? 0 : level));
}

/** The tile of this level and index in a tree of `size` entries. Undefined if the tree does not reach it. */
export function tileInTree(level: TileLevel, index: number, size: number): Tile | undefined {
  const width = Math.min(TILE_WIDTH, levelWidth(level, size) - index * TILE_WIDTH);
  return width > 0 ? { level, index, width } : undefined;
}

/** The partial tiles of hashes in a tree of `size` entries: at most one for each level. */
export function partialTiles(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; levelWidth(level, size) > 0; level++) {
    const hashes = levelWidth(level, size);
    const width = hashes % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(hashes / TILE_WIDTH), width });
  }
  return tiles;
}

/** All partial tiles of a tree of `size` entries, that of entries too. */
export function edgeTiles(size: number): Tile[] {
  return partialTiles(size).flatMap((tile) => (tile.level === 0 ? [tile, { ...tile, level: "entries" }] : [tile]));
}

/** The full tiles, of hashes and of entries, that a tree of `newSize` entries has, and one of `oldSize` had not. */
export function newFullTiles(oldSize: number, newSize: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; levelWidth(level, newSize) >= TILE_WIDTH; level++) {
    const end = Math.floor(levelWidth(level, newSize) / TILE_WIDTH);
    for (let index = Math.floor(levelWidth(level, oldSize) / TILE_WIDTH); index < end; index++) {
      tiles.push({ level, index, width: TILE_WIDTH });
      if (level === 0) tiles.push({ level: "entries", index, width: TILE_WIDTH });
    }
  }
  return tiles;
}

/** Consecutive hashes of a tile, which together have the root of a subtree. */
export interface TileSlice {
  level: number;
  index: number;
  /** The place of the first hash in the tile. */
  offset: number;
  count: number;
}

/**
 * The hashes below a complete subtree, as a part of one tile. Level l + 1 contains the roots of the full tiles of level
 * l.
 */
export function tileSlice({ height, index }: SubtreeNode): TileSlice {
  const level = Math.floor(height / TILE_HEIGHT);
  const count = 2 ** (height - level * TILE_HEIGHT);
  const first = index * count;
  return { level, index: Math.floor(first / TILE_WIDTH), offset: first % TILE_WIDTH, count };
}

/** The tiles that `rangeHash` needs for these ranges of a tree of `size` entries, each once. */
export function tilesForRanges(ranges: readonly EntryRange[], size: number): Tile[] {
  const tiles = new Map<string, Tile>();
  for (const node of ranges.flatMap(completeSubtrees)) {
    const { level, index } = tileSlice(node);
    const tile = tileInTree(level, index, size);
    if (tile === undefined) throw new RangeError(`a tree of ${size} entries does not reach the range`);
    tiles.set(tilePath(tile), tile);
  }
  return [...tiles.values()];
}
