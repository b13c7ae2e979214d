import { describe, expect, it } from "vitest";
import { NoteKey } from "./note-key.ts";
import { checkpointOf, inventEvents, leafHash, type LoggedEvent, pathOf, proofOf } from "./reference-log.ts";
import { Folder, runVerifier, type Verdict } from "./run-verifier.ts";
import { expectWrong } from "./tampering.ts";

const KEY = new NoteKey("localhost/log");
const EVENTS = inventEvents(600);

function eventAt(index: number): LoggedEvent {
  const event = EVENTS[index];
  if (event === undefined) throw new Error(`no event ${index}`);
  return event;
}

async function verifyProof(event: string | Buffer, proof: string | Buffer, vkey = KEY.vkey): Promise<Verdict> {
  await using folder = await Folder.make();
  const files = ["--event", await folder.write("event.json", event), "--proof", await folder.write("proof", proof)];
  const verdict = await runVerifier("verify-proof", [...files, "--key", vkey]);
  return { ...verdict, stderr: verdict.stderr.replaceAll(`${folder.path}/`, "") };
}

describe.concurrent("verify-proof accepts", () => {
  it.each([
    [0, 1],
    [0, 2],
    [1, 2],
    [2, 3],
    [5, 7],
    [255, 256],
    [256, 257],
    [300, 511],
    [0, 600],
    [300, 600],
    [512, 600],
    [599, 600],
  ])("entry %i of %i", async (index, size) => {
    const { id, body } = eventAt(index);
    const { exitCode, stdout, stderr } = await verifyProof(body, proofOf(index, EVENTS.slice(0, size), KEY));
    expect(stderr).toBe("");
    expect(stdout).toContain(`Event ${id} is entry ${index} of the log localhost/log, unchanged.`);
    expect(stdout).toContain(`The log has ${size} entries`);
    expect(stdout).toContain(`The key ${KEY.vkey} signed its checkpoint.`);
    expect(exitCode).toBe(0);
  });

  it("an event with a line break after it, as editors write it", async () => {
    const { exitCode } = await verifyProof(`${eventAt(3).body}\n`, proofOf(3, EVENTS, KEY));
    expect(exitCode).toBe(0);
  });

  it("a checkpoint with the signatures of witnesses", async () => {
    const proof = `${proofOf(3, EVENTS, KEY)}${new NoteKey("witness.example").signatureLine("any text")}`;
    const { exitCode } = await verifyProof(eventAt(3).body, proof);
    expect(exitCode).toBe(0);
  });
});

const PROOF = proofOf(300, EVENTS, KEY);
const CHANGED = "event 391 and this proof of entry 300 do not match: one was changed, or belongs to another event.";
const NO_PROOF = "the proof is not of the form c2sp.org/tlog-proof@v1, or has no opening.";

/** The third hash of the proof's path, and the line after that hash. */
const THIRD =
  pathOf(
    300,
    EVENTS.map(({ entry }) => leafHash(entry)),
  )[2]?.toString("base64") ?? "";

const PROOFS: [name: string, edit: (proof: string) => string, sentence: string][] = [
  [
    "another index",
    (proof) => proof.replace("index 300", "index 301"),
    "event 391 and this proof of entry 301 do not match: one was changed, or belongs to another event.",
  ],
  [
    "an index beyond the checkpoint",
    (proof) => proof.replace("index 300", "index 600"),
    "the proof is for entry 600, but its checkpoint has 600 entries.",
  ],
  ["another opening", (proof) => proof.replace(/extra ../, "extra AA"), CHANGED],
  ["another hash", (proof) => proof.replace(THIRD, Buffer.alloc(32).toString("base64")), CHANGED],
  ["a hash too few", (proof) => proof.replace(`${THIRD}\n`, ""), CHANGED],
  ["a hash too many", (proof) => proof.replace(THIRD, `${THIRD}\n${THIRD}`), CHANGED],
  ["no hashes", (proof) => proof.replace(/(index 300\n)(.+\n)+/, "$1"), CHANGED],
  ["64 hashes", (proof) => proof.replace(THIRD, Array.from({ length: 64 }, () => THIRD).join("\n")), NO_PROOF],
  ["a hash that is not base64", (proof) => proof.replace(THIRD, `?${THIRD.slice(1)}`), NO_PROOF],
  ["a hash of 33 bytes", (proof) => proof.replace(THIRD, Buffer.alloc(33).toString("base64")), NO_PROOF],
  ["no opening", (proof) => proof.replace(/extra .+\n/, ""), NO_PROOF],
  ["a short opening", (proof) => proof.replace(/extra .+\n/, "extra AAAA\n"), NO_PROOF],
  ["another version", (proof) => proof.replace("@v1", "@v2"), NO_PROOF],
  ["an index with a leading zero", (proof) => proof.replace("index 300", "index 0300"), NO_PROOF],
  ["carriage returns", (proof) => proof.replaceAll("\n", "\r\n"), NO_PROOF],
  ["a page in its place", () => "<!doctype html>\n", NO_PROOF],
  ["no bytes", () => "", NO_PROOF],
  [
    "no checkpoint",
    (proof) => proof.slice(0, proof.indexOf("\n\n") + 2),
    "the checkpoint of the proof is not a signed note.",
  ],
  [
    "a checkpoint that was changed",
    (proof) => proof.replace("\n600\n", "\n599\n"),
    "the signature of the checkpoint of the proof by localhost/log is wrong.",
  ],
  [
    "a checkpoint of another tree",
    (proof) =>
      `${proof.slice(0, proof.indexOf("\n\n") + 2)}${checkpointOf(
        EVENTS.slice(1).map(({ entry }) => entry),
        KEY,
      )}`,
    CHANGED,
  ],
];

describe.concurrent("verify-proof names a proof with", () => {
  it.each(PROOFS)("%s", async (_, edit, sentence) => {
    const edited = edit(PROOF);
    expect(edited).not.toBe(PROOF);
    expectWrong(await verifyProof(eventAt(300).body, edited), sentence);
  });

  it("the signature of another log", async () => {
    const other = new NoteKey("localhost/other");
    const sentence = "the checkpoint of the proof has no signature by the key localhost/other+73c5848c.";
    expectWrong(await verifyProof(eventAt(300).body, PROOF, other.vkey), sentence);
  });
});

const NO_EVENT = "event.json is not an event: a JSON object with an id and recorded_at.";

const BODIES: [name: string, edit: (body: string) => string, sentence: string][] = [
  ["one byte changed", (body) => body.replace("Zürich", "Zurich"), CHANGED],
  [
    "another ID",
    (body) => body.replace('"id":"391"', '"id":"392"'),
    "event 392 and this proof of entry 300 do not match: one was changed, or belongs to another event.",
  ],
  ["two line breaks after it", (body) => `${body}\n\n`, CHANGED],
  ["a carriage return after it", (body) => `${body}\r\n`, CHANGED],
  ["a space before it", (body) => ` ${body}`, CHANGED],
  ["its escapes resolved", (body) => JSON.stringify(JSON.parse(body)), CHANGED],
  ["its end cut off", (body) => body.slice(0, -1), NO_EVENT],
  ["no recorded_at", (body) => body.replace('"recorded_at"', '"at"'), NO_EVENT],
  ["no bytes", () => "", NO_EVENT],
];

describe.concurrent("verify-proof names an event with", () => {
  it.each(BODIES)("%s", async (_, edit, sentence) => {
    const { body } = eventAt(300);
    const edited = edit(body);
    expect(edited).not.toBe(body);
    expectWrong(await verifyProof(edited, PROOF), sentence);
  });

  it("bytes that decode to the same text", async () => {
    const body = Buffer.from(eventAt(300).body.replace("Zürich", "Z\ufffdrich"));
    const invalid = Buffer.concat([
      body.subarray(0, body.indexOf("\ufffd")),
      Buffer.of(0xff),
      body.subarray(body.indexOf("\ufffd") + 3),
    ]);
    expectWrong(await verifyProof(invalid, PROOF), CHANGED);
  });
});
