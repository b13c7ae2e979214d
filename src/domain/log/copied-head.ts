import type { CopiedCheckpoint, LogCopy } from "../../bucket/log-copy.ts";
import { parseCheckpoint } from "../../tlog/checkpoint.ts";
import type { VerifierKey } from "../../tlog/note-key.ts";
import { isSignedBy, parseNote } from "../../tlog/signed-note.ts";
import { tilePath } from "../../tlog/tile.ts";
import type { TreeHead } from "../../tlog/verify-proof.ts";
import type { TileSource } from "./tree-proofs.ts";

/** The copy's newest tree, signed by the log's key. */
export interface CopiedHead extends TreeHead, CopiedCheckpoint {}

/** The copy cannot be of the log that is in D1, or is damaged: nothing may be signed. */
export class ContradictoryCopy extends Error {}

/**
 * Undefined if the copy has no checkpoint: it is new.
 * @throws ContradictoryCopy if the checkpoint is not one that this key has signed
 */
export async function findCopiedHead(copy: LogCopy, key: VerifierKey): Promise<CopiedHead | undefined> {
  const copied = await copy.findCheckpoint();
  if (copied === undefined) return undefined;
  const note = parseNote(copied.note);
  const head = note && parseCheckpoint(note.text);
  if (note === undefined || head === undefined) {
    throw new ContradictoryCopy("The object log/checkpoint in the bucket is not a checkpoint.");
  }
  if (head.origin !== key.name) {
    throw new ContradictoryCopy(`The copy in the bucket is of the log ${head.origin}, and LOG_KEY is of ${key.name}.`);
  }
  if (!(await isSignedBy(note, key))) {
    throw new ContradictoryCopy("The checkpoint in the bucket is not signed by LOG_KEY.");
  }
  return { ...copied, size: head.size, root: head.root };
}

/** Reads tiles from the copy. The source throws ContradictoryCopy if a tile is not there. */
export function copiedTiles(copy: LogCopy): TileSource {
  return async (tiles) => {
    const paths = tiles.map(tilePath);
    const found = await copy.findTiles(paths);
    const missing = paths.find((path) => !found.has(path));
    if (missing !== undefined) throw new ContradictoryCopy(`The copy in the bucket lacks the object log/${missing}.`);
    return found;
  };
}
