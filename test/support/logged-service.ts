import { createHash } from "node:crypto";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { newLogKey } from "../../scripts/new-log-key.ts";
import { parseCheckpoint, type Checkpoint } from "../../src/tlog/checkpoint.ts";
import { openDatabase, noUsage } from "../../src/store/database.ts";
import { claimWitnesses, markCosigned } from "../../src/store/log/witness-rows.ts";
import { cosign } from "../../src/tlog/cosignature.ts";
import { parseEntryProof } from "../../src/tlog/entry-proof.ts";
import { leafHash } from "../../src/tlog/merkle-hash.ts";
import { COSIGNATURE_V1, formatVerifierKey, parseVerifierKey, signerKey } from "../../src/tlog/note-key.ts";
import { formatNote, isSignedBy, parseNote } from "../../src/tlog/signed-note.ts";
import { verifyInclusion } from "../../src/tlog/verify-proof.ts";
import { aService } from "./service.ts";
import { tokenOf, type TestReader } from "./tokens.ts";

export const KEY = newLogKey("log.example/one");

/** A service with a log. The sweep appends the recorded events, and publishes a checkpoint. */
export function aLoggedService(bindings: Partial<Env> = {}) {
  const service = aService({ LOG_KEY: KEY.privateKey, ...bindings });
  const request = async (path: string, { reader = {}, method = "GET", headers = {} }: Asking = {}) =>
    service.request(path, {
      method,
      headers: { ...(reader !== null && { Authorization: `Bearer ${await tokenOf(reader)}` }), ...headers },
    });
  return {
    ...service,
    request,
    /** The newest checkpoint as a reader gets it. */
    checkpoint: async () => verified(await (await request("/log/checkpoint")).text()),
  };
}

interface Asking {
  /** Null if the request has no token. */
  reader?: TestReader | null;
  method?: string;
  headers?: Record<string, string>;
}

/** @throws if the note is not a checkpoint that the key has signed. */
export async function verified(checkpoint: string, publicKey = KEY.publicKey): Promise<Checkpoint> {
  const [note, key] = [parseNote(checkpoint), parseVerifierKey(publicKey)];
  const parsed = note && parseCheckpoint(note.text);
  if (note === undefined || key === undefined || parsed === undefined) throw new Error(`no checkpoint: ${checkpoint}`);
  if (!(await isSignedBy(note, key))) throw new Error(`not signed by ${publicKey}`);
  return parsed;
}

/**
 * Checks a proof like an outsider, only by the documented format. Returns the index and the size of the tree.
 * @param event as it is served
 * @throws if the proof does not prove the event.
 */
export async function proved(event: string, proof: string): Promise<{ index: number; size: number }> {
  const { id, recorded_at: recordedAt } = JSON.parse(event) as { id: string; recorded_at: string };
  const { extra, index, hashes, checkpoint } = parseEntryProof(proof) ?? {};
  if (extra === undefined || index === undefined || hashes === undefined) throw new Error(`no proof: ${proof}`);
  const commitment = createHash("sha256").update(extra).update(event).digest("base64");
  const leaf = leafHash(new TextEncoder().encode(`tidings/event/v1\n${id}\n${recordedAt}\n${commitment}\n`));
  const head = await verified(checkpoint ?? "");
  if (extra.length !== 32 || !verifyInclusion(leaf, index, head, hashes)) throw new Error(`a wrong proof: ${proof}`);
  return { index, size: head.size };
}

/** The key of a witness, and the value of LOG_WITNESSES for this witness. */
export const WITNESS = signerKey("witness.example/w1", COSIGNATURE_V1, new Uint8Array(32).fill(1));
export const LOG_WITNESSES = `${formatVerifierKey(WITNESS.verifier)} https://witness.example`;

/** Cosigns the newest checkpoint of the log like the witness, at `seconds` since 1970. Returns the cosigned note. */
export async function cosignNewest(checkpoint: string, seconds: number): Promise<string> {
  const { text } = parseNote(checkpoint) ?? { text: "" };
  const cosignature = formatNote({ text, signatures: [cosign(text, WITNESS, seconds)] }).slice(text.length + 1);
  const { origin, size } = await verified(checkpoint);
  const witness = formatVerifierKey(WITNESS.verifier);
  const db = openDatabase(env.DB.withSession("first-primary"), noUsage());
  await claimWitnesses(db, { origin, witnesses: [witness], size }, { now: 0, askedBefore: 0 });
  await markCosigned(db, { origin, witness }, { checkpoint, size, cosignature, cosignedAt: seconds * 1000 });
  return checkpoint + cosignature;
}

/** Counts the round trips to D1 from now on. */
export function countingRoundTrips() {
  const session = env.DB.withSession();
  const batches = vi.spyOn(Object.getPrototypeOf(session) as D1DatabaseSession, "batch");
  const singles = vi.spyOn(Object.getPrototypeOf(session.prepare("SELECT 1")) as D1PreparedStatement, "all");
  return {
    get count() {
      return batches.mock.calls.length + singles.mock.calls.length;
    },
  };
}

/** Stops the log, like after a contradiction. */
export async function stopLog(): Promise<void> {
  await env.DB.prepare("UPDATE log_state SET stopped_reason = 'a test'").run();
}
