import type { CopiedCheckpoint, LogCopy } from "../../bucket/log-copy.ts";
import { parseCheckpoint } from "../../tlog/checkpoint.ts";
import type { VerifierKey } from "../../tlog/note-key.ts";
import { isSignedBy, parseNote } from "../../tlog/signed-note.ts";
import { TILE_WIDTH, tilePath, type Tile } from "../../tlog/tile.ts";
import type { TreeHead } from "../../tlog/verify-proof.ts";
import type { TileSource } from "./tree-proofs.ts";

/** The copy's newest checkpoint, and the size and root of its tree. */
export interface CopiedHead extends TreeHead, CopiedCheckpoint {
  /**
   * False if LOG_KEY has got another origin since this checkpoint was signed. In this case, this checkpoint is also
   * D1's checkpoint.
   */
  isSignedByKey: boolean;
}

/** The copy is damaged, or cannot be a copy of the log in D1. In both cases, nothing may be signed. */
export class ContradictoryCopy extends Error {}

/**
 * Parses the copy's checkpoint and verifies its signature.
 * @param checkpoint D1's checkpoint
 * @throws ContradictoryCopy if the copy's checkpoint is damaged, or is not signed by `key`. A checkpoint of another
 * origin is accepted if D1 has the same checkpoint.
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
 * Returns a source that reads tiles from the copy. If a partial tile is missing, the source reads the full tile, which
 * begins with the same bytes. If the full tile is missing too, the source throws ContradictoryCopy.
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
