import { readFileSync } from "node:fs";
import { Fault, parseOptions, run, UsageError } from "./command-line.js";
import { entryOf, OPENING_BYTES } from "./log-entry.js";
import { HASH_BYTES, rootByPath } from "./merkle-tree.js";
import { fromBase64, openCheckpoint, parseKey } from "./signed-checkpoint.js";

const USAGE = `Usage: verify-proof --event FILE --proof FILE --key VKEY
Checks, without a network, that an event is in the log of this key, unchanged.

  --event FILE  the exact body of GET /api/v1/events/{id}. One line break after it is ignored
  --proof FILE  the exact body of GET /api/v1/events/{id}/proof
  --key VKEY    the log's public key, NAME+ID+BASE64

Exit code: 0 if everything is correct, 1 after the first fault, 2 if the options are wrong.`;

await run(USAGE, async (args) => {
  const { event = "", proof = "", key: keyText = "" } = parseOptions(args, ["event", "proof", "key"]);
  if (!event || !proof || !keyText) throw new UsageError("--event, --proof and --key must all be given.");
  const key = await parseKey(keyText, UsageError);
  const [body, proofBytes] = [readFileSync(event), readFileSync(proof)];
  const { opening, index, path, checkpoint } = parseProof(proofBytes);
  const { size, root } = await openCheckpoint(checkpoint, key, "the checkpoint of the proof");
  const entry = entryOf(body.at(-1) === 0x0a ? body.subarray(0, -1) : body, opening);
  if (!entry) throw new Fault(`${event} is not an event: a JSON object with an id and recorded_at.`);
  if (index >= size) throw new Fault(`the proof is for entry ${index}, but its checkpoint has ${size} entries.`);
  if (!rootByPath(entry.leaf, index, size, path)?.equals(root)) {
    throw new Fault(
      `event ${entry.id} and this proof of entry ${index} do not match: one was changed, or belongs to another event.`,
    );
  }
  return [
    `Event ${entry.id} is entry ${index} of the log ${key.name}, unchanged.`,
    `The log has ${size} entries and the root ${root.toString("base64")}.`,
    `The key ${key.text} signed its checkpoint.`,
  ];
});

/** C2SP tlog-proof, "Format", with an opening as the extra data. @param {Buffer} bytes */
function parseProof(bytes) {
  const form = /^c2sp\.org\/tlog-proof@v1\nextra ([^\n]+)\nindex (0|[1-9]\d{0,14})\n((?:[^\n]+\n){0,63})\n/;
  const [head = "", extra = "", index, lines = ""] = form.exec(bytes.toString("latin1")) ?? [];
  const opening = fromBase64(extra);
  const path = (lines.match(/.+/g) ?? []).map((line) => fromBase64(line) ?? Buffer.alloc(0));
  if (opening?.length !== OPENING_BYTES || path.some((hash) => hash.length !== HASH_BYTES)) {
    throw new Fault("the proof is not of the form c2sp.org/tlog-proof@v1, or has no opening.");
  }
  return { opening, index: Number(index), path, checkpoint: bytes.subarray(head.length) };
}
