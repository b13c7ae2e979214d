import { createHash } from "node:crypto";
import { EMPTY_ROOT, isConsistent } from "./consistency.ts";
import { checkSignature, CosignerKey, readNote, readVkey, type Vkey } from "./notes.ts";

export interface Answer {
  status: number;
  contentType?: string;
  body: string;
}

interface KnownLog {
  key: Vkey;
  size: number;
  root: Buffer;
  /** The newest cosigned checkpoint, with the log's signature and the cosignature of this witness. */
  checkpoint: string | undefined;
}

/**
 * A witness by C2SP tlog-witness, "add-checkpoint". For each log, it keeps the newest checkpoint that it has cosigned.
 */
export class Witness {
  readonly key: CosignerKey;
  readonly #logs = new Map<string, KnownLog>();

  constructor(name: string) {
    this.key = new CosignerKey(name, createHash("sha256").update(name).digest());
  }

  trust(vkey: string): void {
    const key = readVkey(vkey);
    this.#logs.set(key.name, { key, size: 0, root: EMPTY_ROOT, checkpoint: undefined });
  }

  /** With `signWith`, a test makes a cosignature by another key. */
  addCheckpoint(body: string, seconds: number, signWith = this.key): Answer {
    const request = readRequest(body);
    if (request === undefined) return refused(400, "malformed request");
    const { oldSize, proof, note, size, root, origin } = request;
    const log = this.#logs.get(origin);
    if (log === undefined) return refused(404, "unknown origin");
    if (checkSignature(note, log.key) !== "good") return refused(403, "no good signature by a trusted key");
    if (oldSize > size) return refused(400, "the old size is larger than the checkpoint's");
    if (oldSize !== log.size) return { status: 409, contentType: "text/x.tlog.size", body: `${log.size}\n` };
    if (size === 0 && !root.equals(EMPTY_ROOT)) return refused(422, "not the root of the empty tree");
    if (!isConsistent(log, { size, root }, proof)) return refused(422, "the proof does not verify");
    const line = signWith.cosign(note.text, seconds);
    const lines = request.checkpoint.slice(note.text.length);
    this.#logs.set(origin, { ...log, size, root, checkpoint: note.text + lines + line });
    return { status: 200, body: line };
  }

  /** Returns the newest cosigned checkpoint of a log. tlog-witness, "Monitor Retrieval Mechanism". */
  checkpoint(originHash: string): string | undefined {
    const log = [...this.#logs].find(([origin]) => createHash("sha256").update(origin).digest("hex") === originHash);
    return log?.[1].checkpoint;
  }
}

function readRequest(body: string) {
  const end = body.indexOf("\n\n");
  const [oldLine = "", ...proofLines] = body.slice(0, end).split("\n");
  const checkpoint = body.slice(end + 2);
  const note = readNote(checkpoint);
  const [, old] = /^old (0|[1-9][0-9]*)$/.exec(oldLine) ?? [];
  const [origin = "", digits = "", base64 = ""] = note?.text.split("\n") ?? [];
  const [proof, root] = [proofLines.map(readHash), readHash(base64)];
  const hashes = proof.filter((hash) => hash !== undefined);
  const isRequest = end >= 0 && old !== undefined && hashes.length === proof.length && proof.length <= 63;
  if (!isRequest || note === undefined || root === undefined || !/^(0|[1-9][0-9]*)$/.test(digits)) return undefined;
  return { oldSize: Number(old), proof: hashes, note, checkpoint, origin, size: Number(digits), root };
}

function readHash(line: string): Buffer | undefined {
  const hash = Buffer.from(line, "base64");
  return hash.length === 32 && hash.toString("base64") === line ? hash : undefined;
}

function refused(status: number, body: string): Answer {
  return { status, contentType: "text/plain", body: `${body}\n` };
}
