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

/** Somebody who cosigns what extends what they have cosigned before. */
export interface Witness {
  key: VerifierKey;
  /** The submission prefix, without a slash at its end. C2SP tlog-witness, "HTTP Interface". */
  url: string;
}

/** A checkpoint that witnesses are asked to cosign. */
export interface Submission {
  /** The checkpoint as the log signed it. */
  note: string;
  /** What is signed. */
  text: string;
  size: number;
  /** The consistency proof from a smaller tree of the log. */
  proveFrom: (oldSize: number) => Promise<readonly Hash[]>;
}

export type CosignatureResult =
  | { kind: "cosigned"; lines: string; cosignedAt: number } // milliseconds since 1970, by the witness's clock
  | { kind: "failed"; reason: string; size?: number }; // of the tree that the witness has cosigned last

/**
 * One witness, which has cosigned a tree of `knownSize` last, as far as is known. If the witness says another size, it is
 * asked once more from there.
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
  // A tree that was larger than this one once: from the empty tree, the witness says what it has now.
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

/** C2SP tlog-witness, "add-checkpoint": other keys' signatures are ignored, and a cosignature has a time. */
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
