import { fromBase64, toBase64 } from "./base64.ts";
import { HASH_BYTES, type Hash } from "./merkle-hash.ts";

/** A proof that an entry is in a log, as a text that can be checked offline. C2SP tlog-proof, "Format". */
export interface EntryProof {
  /** Opaque bytes of the application. They are not authenticated. */
  extra: Uint8Array<ArrayBuffer> | undefined;
  index: number;
  /** From the sibling of the entry up to a child of the root. RFC 6962 §2.1.1. */
  hashes: readonly Hash[];
  /** The signed checkpoint as it was received. */
  checkpoint: string;
}

const FIRST_LINE = "c2sp.org/tlog-proof@v1";

export function formatEntryProof({ extra, index, hashes, checkpoint }: EntryProof): string {
  const lines = [
    FIRST_LINE,
    ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
    "",
  ];
  return `${lines.join("\n")}\n${checkpoint}`;
}

/** Undefined if the text is not such a proof. The proof is not verified here. */
export function parseEntryProof(text: string): EntryProof | undefined {
  const [, extraBase64, digits, hashLines = "", checkpoint] = PROOF.exec(text) ?? [];
  const extra = extraBase64 === undefined ? undefined : fromBase64(extraBase64);
  const hashes = hashLines.split("\n").slice(0, -1).map(parseHash);
  const known = hashes.filter((hash) => hash !== undefined);
  const index = Number(digits);
  const isProof = Number.isSafeInteger(index) && known.length === hashes.length;
  if (!isProof || checkpoint === undefined || (extraBase64 !== undefined && extra === undefined)) return undefined;
  return { extra, index, hashes: known, checkpoint };
}

const PROOF = /^c2sp\.org\/tlog-proof@v1\n(?:extra (.*)\n)?index (0|[1-9][0-9]*)\n((?:.+\n)*)\n([^]*)$/;

function parseHash(line: string): Hash | undefined {
  const hash = fromBase64(line);
  return hash?.length === HASH_BYTES ? hash : undefined;
}
