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
 * Publishes D1's tree: its tiles in the copy, then the checkpoint there, then the checkpoint in D1, which is what the
 * service shows. So all that is shown is in the copy. Nothing is signed that does not extend the copy's checkpoint, and no
 * checkpoint replaces another one than that. Returns false if this is not done, and another invocation should go on.
 * @param head the copy's, as it was read before `state`
 * @throws ContradictoryCopy, DamagedTree
 */
export async function publishWithCopy(
  context: Context,
  { key, copy, head }: { key: SignerKey; copy: LogCopy; head: CopiedHead | undefined },
  state: LogState,
): Promise<boolean> {
  const { db } = context;
  if (head !== undefined && !(await isExtension(head, storedHead(state), (tiles) => readTiles(db, tiles)))) {
    // Else the tiles that were read may be those of another tree.
    if (await hasTree(db, state)) await settleFork(context, { copy, head }, state);
    return false;
  }
  if (head?.size === state.size && head.isSignedByKey) {
    // The invocation that put it into the copy did not get further.
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
 * C2SP tlog-tiles, "Partial Tiles": they may go once the full one is there. Without this, each checkpoint would leave some
 * 20 KB in the bucket for ever. Does not throw: those that stay do no harm.
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
