import { toBase64 } from "./base64.ts";
import type { Hash } from "./merkle-hash.ts";
import { parseSignatureLines, type NoteSignature } from "./signed-note.ts";

/** A log's request to a witness: to cosign a checkpoint that extends the last one that the witness has cosigned. */
export interface WitnessRequest {
  /** The size of the tree that the witness has cosigned last, or 0 if there is none. */
  oldSize: number;
  /** The consistency proof from the old tree to the tree of the checkpoint. RFC 6962 §2.1.2. */
  proof: readonly Hash[];
  /** The signed checkpoint, verbatim. */
  checkpoint: string;
}

/** The path of the request below a witness's submission prefix. */
export const ADD_CHECKPOINT = "/add-checkpoint";

const MAX_PROOF_LINES = 63;

/**
 * The body of the request. C2SP tlog-witness, "add-checkpoint".
 * @throws RangeError for a proof of more than 63 hashes. No tree has such a proof.
 */
export function formatWitnessRequest({ oldSize, proof, checkpoint }: WitnessRequest): string {
  if (proof.length > MAX_PROOF_LINES) throw new RangeError(`a consistency proof has at most ${MAX_PROOF_LINES} hashes`);
  return `${[`old ${oldSize}`, ...proof.map(toBase64), ""].join("\n")}\n${checkpoint}`;
}

export interface WitnessResponse {
  status: number;
  /** The value of the header `Content-Type`. */
  contentType: string | null;
  body: string;
}

export type WitnessAnswer =
  | { kind: "cosigned"; signatures: NoteSignature[] } // may be of any keys, and are not verified
  | { kind: "conflict"; size: number } // the size of the tree that the witness has cosigned last
  | { kind: "refused"; reason: string };

/** C2SP tlog-witness, "add-checkpoint". */
export function readWitnessResponse({ status, contentType, body }: WitnessResponse): WitnessAnswer {
  if (status === 200) {
    const signatures = parseSignatureLines(body);
    const isAnswer = signatures !== undefined && signatures.length > 0;
    return isAnswer ? { kind: "cosigned", signatures } : refused("the response is not made of signature lines");
  }
  if (status === 409) {
    const size = isTreeSize(contentType) ? parseSize(body) : undefined;
    return size === undefined ? refused("the conflict does not say which size it is with") : { kind: "conflict", size };
  }
  return refused(REASONS[status] ?? `the status is ${status}`);
}

const REASONS: Partial<Record<number, string>> = {
  400: "the witness found the request malformed",
  403: "the witness accepts none of the checkpoint's signatures",
  404: "the witness does not know this log",
  422: "the witness found that the tree does not extend the one that it has cosigned",
};

function refused(reason: string): WitnessAnswer {
  return { kind: "refused", reason };
}

function isTreeSize(contentType: string | null): boolean {
  return contentType?.split(";")[0]?.trim().toLowerCase() === "text/x.tlog.size";
}

function parseSize(body: string): number | undefined {
  const [, digits] = /^(0|[1-9][0-9]*)\n$/.exec(body) ?? [];
  return digits !== undefined && Number.isSafeInteger(Number(digits)) ? Number(digits) : undefined;
}
