import type { LogCopy } from "../../bucket/log-copy.ts";
import type { Context } from "../../context.ts";
import type { LogState } from "../../store/log/log-state.ts";
import { rewindTree } from "../../store/log/rewind-tree.ts";
import { toBase64 } from "../../tlog/base64.ts";
import { parseCheckpoint } from "../../tlog/checkpoint.ts";
import { EMPTY_ROOT } from "../../tlog/merkle-hash.ts";
import { parseNote } from "../../tlog/signed-note.ts";
import type { TreeHead } from "../../tlog/verify-proof.ts";
import { ContradictoryCopy, copiedTiles, type CopiedHead } from "./copied-head.ts";
import { DamagedTree } from "./plan-append.ts";
import { isExtension } from "./tree-proofs.ts";

/**
 * D1's tree and the copy's have grown apart: D1 was restored while somebody appended or published. What lies beyond D1's
 * checkpoint has never been shown, so it is taken out of D1's tree, and the copy's entries can take its place. Then their
 * events are appended again.
 * @throws ContradictoryCopy if the copy does not extend D1's checkpoint either
 * @throws DamagedTree if D1's tree does not extend the checkpoint that both have
 */
export async function settleFork(
  { db, log }: Context,
  { copy, head }: { copy: LogCopy; head: CopiedHead },
  state: LogState,
): Promise<void> {
  if (state.checkpoint === head.note) throw new DamagedTree("The tree in D1 does not extend its own checkpoint.");
  const base = checkpointHead(state);
  if (!(await isExtension(base, head, copiedTiles(copy)))) {
    throw new ContradictoryCopy(
      `The copy in the bucket, of ${head.size} entries, and the log in D1, of ${state.size} entries, are not the same log.`,
    );
  }
  const isDone = await rewindTree(db, state, { size: base.size, root: toBase64(base.root) });
  if (isDone) log({ event: "log_rewound", size: base.size, entries: state.size - base.size });
}

/** Of D1's checkpoint, or of the empty log. */
function checkpointHead({ checkpoint }: LogState): TreeHead {
  if (checkpoint === null) return { size: 0, root: EMPTY_ROOT };
  const head = parseCheckpoint(parseNote(checkpoint)?.text ?? "");
  if (head === undefined) throw new DamagedTree("The checkpoint in D1 cannot be read.");
  return head;
}
