import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { parseTilePath, tileInTree, tilePath, type Tile } from "../../tlog/tile.ts";
import { chooseCheckpoint } from "./choose-checkpoint.ts";
import { readTiles } from "./read-tiles.ts";

type TileContext = Context;

/**
 * Returns a tile of hashes or a bundle of entries, by its path below `/log/`. C2SP tlog-tiles, "Merkle Tree" and "Log
 * Entries". A partial tile is served even if D1 has a wider one, because the wider tile begins with the same bytes.
 * @param fromEdge true if a tile from the edge cache is good enough
 * @throws AppError `not-found`
 */
export async function getTile(context: TileContext, path: string, { fromEdge }: { fromEdge: boolean }) {
  const tile = parseTilePath(path);
  if (tile === undefined)
    throw notFound("This is not the path of a tile, as in tile/0/x001/234 or tile/entries/005.p/17.");
  const copy = fromEdge ? await context.edgeTiles.get(path) : undefined;
  return copy ?? readTile(context, tile);
}

async function readTile(context: TileContext, tile: Tile): Promise<Uint8Array<ArrayBuffer>> {
  const path = tilePath(tile);
  const [newest, tiles] = await Promise.all([
    chooseCheckpoint(context, { cosigned: false }),
    readTiles(context.db, [tile]),
  ]);
  const bytes = tiles.get(path);
  const size = newest.kind === "checkpoint" ? newest.size : 0;
  if (bytes === undefined || (tileInTree(tile.level, tile.index, size)?.width ?? 0) < tile.width) {
    throw notFound("The tree of the newest checkpoint has no such tile.");
  }
  context.background(context.edgeTiles.set(path, bytes));
  return bytes;
}

function notFound(detail: string): AppError {
  return new AppError("not-found", detail);
}
