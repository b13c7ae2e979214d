import type { Submission } from "../../../src/domain/log/ask-for-cosignature.ts";
import { formatCheckpoint } from "../../../src/tlog/checkpoint.ts";
import { ED25519, formatVerifierKey, signerKey } from "../../../src/tlog/note-key.ts";
import { rangeHash } from "../../../src/tlog/range-hash.ts";
import { formatNote, signNote } from "../../../src/tlog/signed-note.ts";
import { consistencyRanges } from "../../../src/tlog/subtree.ts";
import { TILE_WIDTH, tileInTree, tilePath } from "../../../src/tlog/tile.ts";
import { entriesUpTo, growTiles, leavesOf } from "../../tlog/reference-tree.ts";

/**
 * Makes a log with this number of entries, which can sign each of its smaller trees. Logs with different `salt` have
 * different entries.
 */
export async function aLogOf(entries: number, { origin = "example.com/log", salt = "" } = {}) {
  const key = signerKey(origin, ED25519, new Uint8Array(32).fill(3));
  const leaves = leavesOf(
    entriesUpTo(entries).map((entry) => Uint8Array.of(...new TextEncoder().encode(salt), ...entry)),
  );

  async function submissionOf(size: number): Promise<Submission> {
    const { tree, tiles } = growTiles(leaves.slice(0, size));
    const readTile = (level: number, index: number) => {
      const tile = tileInTree(level, index, size) ?? { level, index, width: TILE_WIDTH };
      return tiles.get(tilePath(tile)) ?? new Uint8Array();
    };
    const text = formatCheckpoint({ origin, size, root: tree.root });
    return {
      note: formatNote({ text, signatures: [signNote(text, key)] }),
      text,
      size,
      proveFrom: async (oldSize) => consistencyRanges(oldSize, size).map((range) => rangeHash(range, readTile)),
    };
  }

  return { origin, vkey: formatVerifierKey(key.verifier), submissionOf };
}
