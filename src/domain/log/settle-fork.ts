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
 * Settles a fork: D1's tree and the copy's tree have different entries, because D1 was restored while an invocation
 * appended or published. The entries beyond D1's checkpoint have never been shown. So they are removed from D1's tree,
 * and the copy's entries can take their place. Then the events of the removed entries are appended again.
 * @throws ContradictoryCopy if the copy does not extend D1's checkpoint either
 * @throws DamagedTree if the copy has the same checkpoint as D1, and D1's tree does not extend this checkpoint
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

/** Returns the size and root of D1's checkpoint. Without a checkpoint, returns those of the empty log. */
function checkpointHead({ checkpoint }: LogState): TreeHead {
  if (checkpoint === null) return { size: 0, root: EMPTY_ROOT };
  const head = parseCheckpoint(parseNote(checkpoint)?.text ?? "");
  if (head === undefined) throw new DamagedTree("The checkpoint in D1 cannot be read.");
  return head;
}
