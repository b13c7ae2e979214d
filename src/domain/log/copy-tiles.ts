import type { CopiedTile, LogCopy } from "../../bucket/log-copy.ts";
import type { Context } from "../../context.ts";
import { hasTree, markCopied, type LogState } from "../../store/log/log-state.ts";
import { isSameHash } from "../../tlog/merkle-hash.ts";
import { edgeTiles, newFullTiles, TILE_WIDTH, tilePath, type Tile } from "../../tlog/tile.ts";
import type { CopiedHead } from "./copied-head.ts";
import { DamagedTree } from "./plan-append.ts";
import { readTiles } from "./read-tiles.ts";
import { parentTiles, requireSoundEdge, requireSoundTiles } from "./sound-tiles.ts";

/** Bundles in one step, which holds them and their tiles in memory. */
const STEP_BUNDLES = 16;
/** Of one invocation: some 330 objects, of the 1,000 requests that it may make. */
const MAX_STEPS = 10;

/**
 * Puts the tiles that D1's tree has and the tree of the copy's checkpoint has not; those of that tree are all there. Returns
 * false if this is not done: more are left for another invocation, or D1 or the copy has changed meanwhile.
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

/** So many entries' full tiles are in the copy: those of its checkpoint, or more, if an invocation did not get to the end. */
async function findCopiedSize(
  { db }: Context,
  { copy, head }: { copy: LogCopy; head: CopiedHead | undefined },
  state: LogState,
): Promise<number> {
  const published = head?.size ?? 0;
  const bundles = Math.floor(Math.min(state.copied_size, state.size) / TILE_WIDTH);
  const progress = bundles * TILE_WIDTH;
  if (progress <= published) return published;
  // The progress may have been that of another copy, which was lost.
  const last: Tile = { level: "entries", index: bundles - 1, width: TILE_WIDTH };
  const own = (await readTiles(db, [last])).get(tilePath(last));
  const copied = (await copy.findTiles([tilePath(last)])).get(tilePath(last));
  return own !== undefined && copied !== undefined && isSameHash(own, copied) ? progress : published;
}

/**
 * The tiles of D1's tree that are full at size `to`, and were not at size `from`; with the partial ones, if that is all of
 * the tree. Undefined if D1 has another tree by now.
 * @throws DamagedTree if the tiles do not belong together
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
