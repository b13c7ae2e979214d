import type { Context } from "../../context.ts";
import { markPublished, type LogState, type StoredTree } from "../../store/log/log-state.ts";
import { fromBase64 } from "../../tlog/base64.ts";
import { formatCheckpoint } from "../../tlog/checkpoint.ts";
import type { SignerKey } from "../../tlog/note-key.ts";
import { formatNote, signNote } from "../../tlog/signed-note.ts";

/**
 * Signs D1's tree and stores the checkpoint, which may be shown from then on. Does nothing if D1 already has this
 * checkpoint, or if D1 has another tree by now. The invocation that made the other tree publishes it.
 */
export async function publishCheckpoint({ db, now, log }: Context, key: SignerKey, state: LogState): Promise<void> {
  const checkpoint = signCheckpoint(key, state);
  if (checkpoint === state.checkpoint) return;
  const isPublished = await markPublished(db, state, { checkpoint, at: now() });
  if (isPublished) log({ event: "log_published", size: state.size });
}

/** Returns a signed note. The same key and tree always make the same note (RFC 8032 §5.1.6). */
export function signCheckpoint(key: SignerKey, { size, root }: StoredTree): string {
  const bytes = fromBase64(root);
  if (bytes === undefined) throw new Error("the stored root is not base64");
  const text = formatCheckpoint({ origin: key.verifier.name, size, root: bytes });
  return formatNote({ text, signatures: [signNote(text, key)] });
}
