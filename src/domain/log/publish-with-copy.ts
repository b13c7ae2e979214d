import type { LogCopy } from "../../bucket/log-copy.ts";
import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { hasTree, markPublished, type LogState } from "../../store/log/log-state.ts";
import type { SignerKey } from "../../tlog/note-key.ts";
import { edgeTiles, TILE_WIDTH, tileInTree, tilePath } from "../../tlog/tile.ts";
import type { CopiedHead } from "./copied-head.ts";
import { copyTiles } from "./copy-tiles.ts";
import { signCheckpoint } from "./publish-checkpoint.ts";
import { readTiles } from "./read-tiles.ts";
import { settleFork } from "./settle-fork.ts";
import { isExtension, storedHead } from "./tree-proofs.ts";

/**
 * Publishes D1's tree in three steps: puts the tiles into the copy, then puts the checkpoint into the copy, then stores
 * the checkpoint in D1. So everything that the service shows is in the copy. Signs a tree only if it extends the tree
 * of the copy's checkpoint, and replaces only this checkpoint. Returns false if the tree is not published, and another
 * invocation should continue.
 * @param head the copy's head, as it was read before `state`
 * @throws ContradictoryCopy, DamagedTree
 */
export async function publishWithCopy(
  context: Context,
  { key, copy, head }: { key: SignerKey; copy: LogCopy; head: CopiedHead | undefined },
  state: LogState,
): Promise<boolean> {
  const { db } = context;
  if (head !== undefined && !(await isExtension(head, storedHead(state), (tiles) => readTiles(db, tiles)))) {
    // If D1 has another tree by now, the tiles may have been read from that tree, and there may be no fork.
    if (await hasTree(db, state)) await settleFork(context, { copy, head }, state);
    return false;
  }
  if (head?.size === state.size && head.isSignedByKey) {
    // The copy has the checkpoint of this tree. If D1 does not have this checkpoint, an earlier invocation has ended
    // before it stored the checkpoint in D1.
    return state.checkpoint === head.note || show(context, state, head.note);
  }
  if (!(await copyTiles(context, { copy, head }, state))) return false;
  if (!(await hasTree(db, state))) return false;
  const checkpoint = signCheckpoint(key, state);
  if (!(await copy.replaceCheckpoint(checkpoint, head))) return false;
  const isShown = await show(context, state, checkpoint);
  if (head !== undefined) await deleteOutgrownTiles(context, { copy, head }, state);
  return isShown;
}

/**
 * Deletes partial tiles whose full tiles are in the copy. C2SP tlog-tiles, "Partial Tiles", allows this. Otherwise each
 * checkpoint would leave about 20 KB in the bucket for ever. Does not throw, because a partial tile that stays does no
 * harm.
 */
async function deleteOutgrownTiles(
  { log }: Context,
  { copy, head }: { copy: LogCopy; head: CopiedHead },
  { size }: LogState,
): Promise<void> {
  const outgrown = edgeTiles(head.size)
    .map((tile) => ({ ...tile, width: TILE_WIDTH }))
    .filter(({ level, index }) => (tileInTree(level, index, size)?.width ?? 0) === TILE_WIDTH);
  if (outgrown.length === 0) return;
  try {
    await copy.deletePartialTiles(outgrown.map(tilePath));
  } catch (error) {
    log({ event: "log_copy_failed", ...errorFields(error) });
  }
}

async function show({ db, log, now }: Context, state: LogState, checkpoint: string): Promise<boolean> {
  const isShown = await markPublished(db, state, { checkpoint, at: now() });
  if (isShown) log({ event: "log_published", size: state.size });
  return isShown;
}
