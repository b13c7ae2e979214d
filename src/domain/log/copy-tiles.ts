import type { CopiedTile, LogCopy } from "../../bucket/log-copy.ts";
import type { Context } from "../../context.ts";
import { hasTree, markCopied, type LogState } from "../../store/log/log-state.ts";
import { isSameHash } from "../../tlog/merkle-hash.ts";
import { edgeTiles, newFullTiles, TILE_WIDTH, tilePath, type Tile } from "../../tlog/tile.ts";
import type { CopiedHead } from "./copied-head.ts";
import { DamagedTree } from "./plan-append.ts";
import { readTiles } from "./read-tiles.ts";
import { parentTiles, requireSoundEdge, requireSoundTiles } from "./sound-tiles.ts";

/** The number of bundles in one step. A step holds these bundles and their tiles in memory. */
const STEP_BUNDLES = 16;
/**
 * The maximum number of steps in an invocation. These steps write about 330 objects, and an invocation may make 1,000
 * requests.
 */
const MAX_STEPS = 10;

/**
 * Copies the tiles of D1's tree that are not in the tree of the copy's checkpoint. The tiles of the checkpoint's tree
 * are all in the copy already. Returns false if the copying is not complete: more tiles are left for another
 * invocation, or D1 or the copy has changed meanwhile.
 */
export async function copyTiles(
  context: Context,
  { copy, head }: { copy: LogCopy; head: CopiedHead | undefined },
  state: LogState,
): Promise<boolean> {
  let size = await findCopiedSize(context, { copy, head }, state);
  for (let step = 0; step < MAX_STEPS; step++) {
    const end = Math.min(state.size, (Math.floor(size / TILE_WIDTH) + STEP_BUNDLES) * TILE_WIDTH);
    const isLast = end === state.size;
    const tiles = await readOwnTiles(context, state, { from: size, to: end });
    const replaced = tiles && (await copy.putTiles(tiles, head));
    if (replaced === undefined) return false;
    for (const path of replaced) context.log({ event: "log_copy_repaired", path });
    if (isLast) return true;
    size = end;
  }
  await markCopied(context.db, state, size);
  return false;
}

/**
 * Returns the number of entries whose full tiles are in the copy. This is the size of the copy's checkpoint, or more if
 * an earlier invocation copied only a part of the tiles.
 */
async function findCopiedSize(
  { db }: Context,
  { copy, head }: { copy: LogCopy; head: CopiedHead | undefined },
  state: LogState,
): Promise<number> {
  const published = head?.size ?? 0;
  const bundles = Math.floor(Math.min(state.copied_size, state.size) / TILE_WIDTH);
  const progress = bundles * TILE_WIDTH;
  if (progress <= published) return published;
  // The progress may belong to another copy, which was lost. So the last full bundle of the progress is compared.
  const last: Tile = { level: "entries", index: bundles - 1, width: TILE_WIDTH };
  const own = (await readTiles(db, [last])).get(tilePath(last));
  const copied = (await copy.findTiles([tilePath(last)])).get(tilePath(last));
  return own !== undefined && copied !== undefined && isSameHash(own, copied) ? progress : published;
}

/**
 * Reads the tiles of D1's tree that are full at size `to` and were not full at size `from`. If `to` is the size of the
 * tree, also reads the partial tiles. Returns undefined if D1 has another tree by now.
 * @throws DamagedTree if the tiles contradict each other or the root of the tree, or if a tile is missing
 */
async function readOwnTiles(
  { db }: Context,
  state: LogState,
  { from, to }: { from: number; to: number },
): Promise<CopiedTile[] | undefined> {
  const isLast = to === state.size;
  const tiles = [...newFullTiles(from, to), ...(isLast ? edgeTiles(to) : [])];
  const parents = parentTiles(tiles, state.size);
  try {
    const bytes = await readTiles(db, [...tiles, ...parents]);
    requireSoundTiles(tiles, bytes, state.size);
    if (isLast) requireSoundEdge(state, bytes);
    return tiles.map((tile) => ({ path: tilePath(tile), bytes: bytes.get(tilePath(tile)) ?? new Uint8Array() }));
  } catch (error) {
    if (!(error instanceof DamagedTree || error instanceof RangeError)) throw error;
    if (!(await hasTree(db, state))) return undefined;
    throw new DamagedTree(error.message, { cause: error });
  }
}
