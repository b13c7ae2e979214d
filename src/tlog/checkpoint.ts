import { fromBase64, toBase64 } from "./base64.ts";
import { HASH_BYTES } from "./merkle-hash.ts";
import { isKeyName } from "./note-key.ts";
import type { TreeHead } from "./verify-proof.ts";

/** The head of a log's tree. C2SP tlog-checkpoint, "Note text". */
export interface Checkpoint extends TreeHead {
  /** The name of the log's key. */
  origin: string;
}

/** The note's text: three lines, each with its newline. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Undefined if the text is not a checkpoint. Extension lines are allowed and ignored. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin = "", size = "", base64 = "", ...extensions] = text.split("\n");
  const root = fromBase64(base64);
  const isText = extensions.pop() === "" && extensions.every((line) => line !== "");
  const isSize = /^(?:0|[1-9][0-9]*)$/.test(size) && Number.isSafeInteger(Number(size));
  if (!isText || !isSize || !isKeyName(origin) || root?.length !== HASH_BYTES) return undefined;
  return { origin, size: Number(size), root };
}
