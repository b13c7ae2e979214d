import { describe, expect, it } from "vitest";
import { consistencyRanges } from "../../src/tlog/subtree.ts";
import { aLogOf } from "../domain/log/submissions.ts";
import { entriesUpTo, ReferenceTree } from "../tlog/reference-tree.ts";
import { isConsistent } from "../witness/consistency.ts";
import { checkSignature, cosignatureTime, readNote, readVkey } from "../witness/notes.ts";
import { Witness } from "../witness/witness.ts";

// Other tests rely on this witness, so it has tests of its own.

describe("the test's witness", () => {
  const tree = new ReferenceTree(entriesUpTo(70));
  const headOf = (size: number) => ({ size, root: Buffer.from(tree.hash({ start: 0, end: size })) });
  const proofOf = (older: number, newer: number) =>
    consistencyRanges(older, newer).map((range) => Buffer.from(tree.hash(range)));

  it("accepts the proof between any two sizes, and no other", () => {
    for (let newer = 0; newer <= 70; newer++) {
      for (let older = 0; older <= newer; older++) {
        const [from, to, proof] = [headOf(older), headOf(newer), proofOf(older, newer)];
        expect(isConsistent(from, to, proof)).toBe(true);
        expect(isConsistent(from, to, [...proof, Buffer.alloc(32)])).toBe(false);
        if (proof.length > 0) expect(isConsistent(from, to, proof.slice(1))).toBe(false);
        for (const index of proof.keys())
          expect(isConsistent(from, to, proof.with(index, Buffer.alloc(32)))).toBe(false);
        if (older > 0) expect(isConsistent({ ...from, root: Buffer.alloc(32) }, to, proof)).toBe(false);
        if (older > 0) expect(isConsistent(from, { ...to, root: Buffer.alloc(32) }, proof)).toBe(false);
      }
    }
  });

  // C2SP signed-note, "Example".
  it("verifies the specification's example of a note", () => {
    const key = readVkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    const note = readNote(`This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`);
    if (note === undefined) throw new Error("the example was not read");
    expect(checkSignature(note, key)).toBe("good");
    expect(checkSignature({ ...note, text: "This is an example massage.\n" }, key)).toBe("bad");
    expect(checkSignature({ ...note, lines: [] }, key)).toBe("none");
  });
});

describe("its answers", async () => {
  const log = await aLogOf(20);
  async function bodyOf(size: number, oldSize: number): Promise<string> {
    const { note, proveFrom } = await log.submissionOf(size);
    const proof = (await proveFrom(Math.min(oldSize, size))).map((hash) => Buffer.from(hash).toString("base64"));
    return [`old ${oldSize}`, ...proof, "", note].join("\n");
  }

  it("are a cosignature with its time, and then 409 with the size from which it wants to be asked", async () => {
    const witness = new Witness("w");
    witness.trust(log.vkey);
    const { status, body } = witness.addCheckpoint(await bodyOf(7, 0), 1_679_315_147);
    expect(status).toBe(200);
    const note = readNote(`${(await log.submissionOf(7)).text}\n${body}`);
    const [line] = note?.lines ?? [];
    if (note === undefined || line === undefined) throw new Error("there is no cosignature");
    expect(cosignatureTime(note.text, line, readVkey(witness.key.vkey))).toBe(1_679_315_147);
    expect(witness.addCheckpoint(await bodyOf(9, 0), 1)).toMatchObject({ status: 409, body: "7\n" });
    expect(witness.addCheckpoint(await bodyOf(9, 7), 1)).toMatchObject({ status: 200 });
    expect(witness.addCheckpoint(await bodyOf(7, 7), 1)).toMatchObject({ status: 409, body: "9\n" });
  });

  it("are 400, 403, 404 and 422 for what is malformed, unsigned, unknown and inconsistent", async () => {
    const witness = new Witness("w");
    expect(witness.addCheckpoint(await bodyOf(7, 0), 1).status).toBe(404);
    witness.trust(log.vkey);
    const body = await bodyOf(7, 0);
    expect(witness.addCheckpoint("nonsense", 1).status).toBe(400);
    expect(witness.addCheckpoint(await bodyOf(7, 8), 1).status).toBe(400);
    expect(witness.addCheckpoint(body.replace(/\n7\n/, "\n8\n"), 1).status).toBe(403);
    expect(witness.addCheckpoint(body.replace("old 0\n", `old 0\n${btoa("x".repeat(32))}\n`), 1).status).toBe(422);
    expect(witness.addCheckpoint(body, 1).status).toBe(200);
    const fork = await aLogOf(9, { salt: "fork " });
    const { note, proveFrom } = await fork.submissionOf(9);
    const proof = (await proveFrom(7)).map((hash) => Buffer.from(hash).toString("base64"));
    expect(witness.addCheckpoint(["old 7", ...proof, "", note].join("\n"), 1).status).toBe(422);
  });
});
