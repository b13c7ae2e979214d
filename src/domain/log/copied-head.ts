import type { CopiedCheckpoint, LogCopy } from "../../bucket/log-copy.ts";
import { parseCheckpoint } from "../../tlog/checkpoint.ts";
import type { VerifierKey } from "../../tlog/note-key.ts";
import { isSignedBy, parseNote } from "../../tlog/signed-note.ts";
import { TILE_WIDTH, tilePath, type Tile } from "../../tlog/tile.ts";
import type { TreeHead } from "../../tlog/verify-proof.ts";
import type { TileSource } from "./tree-proofs.ts";

/** The copy's newest tree. */
export interface CopiedHead extends TreeHead, CopiedCheckpoint {
  /** False if LOG_KEY was changed, to another origin, since D1's checkpoint was signed, which this is. */
  isSignedByKey: boolean;
}

/** The copy cannot be of the log that is in D1, or is damaged: nothing may be signed. */
export class ContradictoryCopy extends Error {}

/**
 * @param checkpoint D1's
 * @throws ContradictoryCopy if the copy's checkpoint is neither one that this key has signed nor D1's
 */
export async function readCopiedHead(
  copied: CopiedCheckpoint,
  key: VerifierKey,
  checkpoint: string | null,
): Promise<CopiedHead> {
  const note = parseNote(copied.note);
  const head = note && parseCheckpoint(note.text);
  if (note === undefined || head === undefined) {
    throw new ContradictoryCopy("The object log/checkpoint in the bucket is not a checkpoint.");
  }
  const { origin, size, root } = head;
  if (origin !== key.name && copied.note !== checkpoint) {
    throw new ContradictoryCopy(`The copy in the bucket is of the log ${origin}, and LOG_KEY is of ${key.name}.`);
  }
  const isSignedByKey = await isSignedBy(note, key);
  if (origin === key.name && !isSignedByKey) {
    throw new ContradictoryCopy("The checkpoint in the bucket is not signed by LOG_KEY.");
  }
  return { ...copied, size, root, isSignedByKey };
}

/**
 * Reads tiles from the copy. If a partial one is not there any more, the full one is read, and begins with it. The source
 * throws ContradictoryCopy if neither is there.
 */
export function copiedTiles(copy: LogCopy): TileSource {
  return async (tiles) => {
    const found = await copy.findTiles(tiles.map(tilePath));
    const missing = tiles.filter((tile) => !found.has(tilePath(tile)));
    if (missing.length === 0) return found;
    const full = await copy.findTiles(missing.map(fullPath));
    for (const tile of missing) {
      const bytes = full.get(fullPath(tile));
      if (bytes === undefined) {
        throw new ContradictoryCopy(`The copy in the bucket lacks the object log/${tilePath(tile)}.`);
      }
      found.set(tilePath(tile), bytes);
    }
    return found;
  };
}

function fullPath(tile: Tile): string {
  return tilePath({ ...tile, width: TILE_WIDTH });
}
