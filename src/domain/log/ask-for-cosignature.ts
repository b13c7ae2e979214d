import { askWitness } from "../../channels/ask-witness.ts";
import type { Context } from "../../context.ts";
import { cosignedAt } from "../../tlog/cosignature.ts";
import type { Hash } from "../../tlog/merkle-hash.ts";
import type { VerifierKey } from "../../tlog/note-key.ts";
import { formatSignatureLines, signaturesBy, type NoteSignature } from "../../tlog/signed-note.ts";
import {
  ADD_CHECKPOINT,
  formatWitnessRequest,
  readWitnessResponse,
  type WitnessAnswer,
} from "../../tlog/witness-request.ts";

/** A service of somebody else. It cosigns a checkpoint if the checkpoint extends those that it has cosigned before. */
export interface Witness {
  key: VerifierKey;
  /** The submission prefix, without a slash at its end. C2SP tlog-witness, "HTTP Interface". */
  url: string;
}

/** A checkpoint that witnesses are asked to cosign. */
export interface Submission {
  /** The checkpoint as the log signed it. */
  note: string;
  /** The text of the note, which the signatures sign. */
  text: string;
  size: number;
  /** Returns the consistency proof from a smaller tree, of `oldSize` entries. */
  proveFrom: (oldSize: number) => Promise<readonly Hash[]>;
}

export type CosignatureResult =
  | { kind: "cosigned"; lines: string; cosignedAt: number } // milliseconds since 1970, by the witness's clock
  | { kind: "failed"; reason: string; size?: number }; // `size` is the size of the tree that the witness cosigned last

/**
 * Asks one witness for a cosignature. `knownSize` is the size of the tree that the witness cosigned last, as far as the
 * service knows. If the witness responds with another size, which is not larger than the checkpoint, asks once more
 * with this size.
 */
export async function askForCosignature(
  context: Pick<Context, "fetch">,
  { witness, knownSize }: { witness: Witness; knownSize: number },
  submission: Submission,
  timeoutSeconds: number,
): Promise<CosignatureResult> {
  const { size } = submission;
  const ask = async (oldSize: number): Promise<WitnessAnswer> => {
    const text = formatWitnessRequest({
      oldSize,
      proof: await submission.proveFrom(oldSize),
      checkpoint: submission.note,
    });
    const reply = await askWitness(`${witness.url}${ADD_CHECKPOINT}`, text, { fetch: context.fetch, timeoutSeconds });
    return reply.kind === "response" ? readWitnessResponse(reply) : { kind: "refused", reason: reply.reason };
  };
  // If `knownSize` is larger than this tree, the first request has the old size 0. The witness then responds with the
  // size that it has now.
  const first = await ask(knownSize <= size ? knownSize : 0);
  const answer = first.kind === "conflict" && first.size <= size ? await ask(first.size) : first;
  switch (answer.kind) {
    case "cosigned":
      return verified(witness.key, submission.text, answer.signatures);
    case "conflict":
      return { kind: "failed", reason: conflictReason(answer.size, size), size: answer.size };
    case "refused":
      return { kind: "failed", reason: answer.reason };
  }
}

/**
 * Verifies the cosignature. C2SP tlog-witness, "add-checkpoint": the signatures of other keys are ignored, and a
 * cosignature has a time.
 */
async function verified(
  key: VerifierKey,
  text: string,
  signatures: readonly NoteSignature[],
): Promise<CosignatureResult> {
  const own = signaturesBy(signatures, key);
  const seconds = await cosignedAt({ text, signatures: own }, key);
  if (own.length === 0) return { kind: "failed", reason: "the response has no signature by the witness's key" };
  if (!seconds) return { kind: "failed", reason: "the cosignature does not verify by the witness's key" };
  return { kind: "cosigned", lines: formatSignatureLines(own), cosignedAt: seconds * 1000 };
}

function conflictReason(witnessSize: number, size: number): string {
  return witnessSize > size
    ? `the witness has cosigned a larger tree: ${witnessSize} entries, and this checkpoint has ${size}`
    : "the witness says another size each time";
}
