import type { Database } from "../../store/database.ts";
import { bundlesQuery, type BundleRow } from "../../store/log/bundle-rows.ts";
import { tilesQuery, type TileRow } from "../../store/log/tile-rows.ts";
import { runBatch } from "../../store/query.ts";
import { encodeBundle } from "../../tlog/entry-bundle.ts";
import { concatHashes, HASH_BYTES } from "../../tlog/merkle-hash.ts";
import type { ReadTile } from "../../tlog/range-hash.ts";
import { tilePath, type Tile, type TileLevel } from "../../tlog/tile.ts";
import { unpackEntries } from "./bundle-entries.ts";
import { entryBytes, entryHash } from "./log-entry.ts";

/** Tiles by their paths. */
export type Tiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/**
 * Reads tiles of D1's tree, of hashes and of entries, in one round trip. A partial tile is the beginning of the tile
 * that is stored. Leaves out a tile that D1 does not have, or has only with a smaller width.
 */
export async function readTiles(db: Database, tiles: readonly Tile[]): Promise<Tiles> {
  const higher = tiles.flatMap(({ level, index }) => (isBundled(level) ? [] : [{ level, number: index }]));
  const numbers = new Set(tiles.flatMap(({ level, index }) => (isBundled(level) ? [index] : [])));
  const [bundleRows, tileRows] = await runBatch<[BundleRow[], TileRow[]]>(
    db,
    bundlesQuery(db, [...numbers]),
    tilesQuery(db, higher),
  );
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const tile of tiles) {
    const bytes = isBundled(tile.level) ? fromBundle(tile, bundleRows) : fromTile(tile, tileRows);
    if (bytes !== undefined) found.set(tilePath(tile), bytes);
  }
  return found;
}

/** Returns the function with which `rangeHash` reads tiles. `wanted` is the result of `tilesForRanges`. */
export function tileReader(wanted: readonly Tile[], tiles: Tiles): ReadTile {
  return (level, index) => {
    const tile = wanted.find((one) => one.level === level && one.index === index);
    const bytes = tile && tiles.get(tilePath(tile));
    if (bytes === undefined) throw new RangeError(`the tile of level ${level} at ${index} is missing`);
    return bytes;
  };
}

/** Returns true if a tile of this level is made from a bundle. The hashes of level 0 are computed from the entries. */
function isBundled(level: TileLevel): level is "entries" | 0 {
  return level === "entries" || level === 0;
}

function fromTile({ level, index, width }: Tile, rows: readonly TileRow[]): Uint8Array<ArrayBuffer> | undefined {
  const row = rows.find((one) => one.level === level && one.number === index);
  const length = width * HASH_BYTES;
  return row === undefined || row.hashes.length < length ? undefined : row.hashes.slice(0, length);
}

function fromBundle({ level, index, width }: Tile, rows: readonly BundleRow[]): Uint8Array<ArrayBuffer> | undefined {
  const row = rows.find((one) => one.number === index);
  const entries = row === undefined ? [] : unpackEntries(row).slice(0, width);
  if (entries.length < width) return undefined;
  return level === "entries" ? encodeBundle(entries.map(entryBytes)) : concatHashes(entries.map(entryHash));
}
