import { expect, it } from "vitest";
import { appendLeaves } from "../../../src/tlog/append-leaves.ts";
import { formatCheckpoint } from "../../../src/tlog/checkpoint.ts";
import { encodeBundle } from "../../../src/tlog/entry-bundle.ts";
import { formatEntryProof } from "../../../src/tlog/entry-proof.ts";
import { leafHash } from "../../../src/tlog/merkle-hash.ts";
import { ED25519, formatVerifierKey, signerKey } from "../../../src/tlog/note-key.ts";
import { rangeHash } from "../../../src/tlog/range-hash.ts";
import { formatNote, signNote } from "../../../src/tlog/signed-note.ts";
import { inclusionRanges } from "../../../src/tlog/subtree.ts";
import { tilePath } from "../../../src/tlog/tile.ts";
import { LogServer } from "./log-server.ts";
import { Folder, runVerifier } from "./run-verifier.ts";

/**
 * The other tests build their logs without src/tlog. This test shows that the verifiers can read what the service
 * writes.
 */
it("the verifiers accept a log and a proof that src/tlog has written", async () => {
  await using log = await LogServer.start(600);
  await using folder = await Folder.make();
  const entries = log.entries.map((entry) => new Uint8Array(entry));
  const tree = appendLeaves({ size: 0, partial: [] }, entries.map(leafHash));
  const tiles = [...tree.full, ...tree.partial];
  const key = signerKey("service.example/log", ED25519, new Uint8Array(32).fill(7));
  const text = formatCheckpoint({ origin: "service.example/log", size: 600, root: tree.root });
  const checkpoint = formatNote({ text, signatures: [signNote(text, key)] });
  log.files.clear();
  log.files.set("checkpoint", checkpoint);
  for (const tile of tiles) log.files.set(tilePath(tile), Buffer.from(tile.hashes));
  for (const [number, width] of [256, 256, 88].entries()) {
    const path = tilePath({ level: "entries", index: number, width });
    log.files.set(path, Buffer.from(encodeBundle(entries.slice(256 * number, 256 * number + width))));
  }
  const vkey = formatVerifierKey(key.verifier);
  const verdict = await runVerifier("verify-log", ["--url", log.url, "--key", vkey]);
  expect(verdict).toMatchObject({ exitCode: 0, stderr: "" });

  const event = log.events[300];
  const readTile = (level: number, index: number) => {
    const tile = tiles.find((other) => other.level === level && other.index === index);
    if (tile === undefined) throw new Error(`no tile ${level}/${index}`);
    return tile.hashes;
  };
  const hashes = inclusionRanges(300, 600).map((range) => rangeHash(range, readTile));
  const proof = formatEntryProof({ extra: new Uint8Array(event?.opening ?? []), index: 300, hashes, checkpoint });
  const files = [await folder.write("event", event?.body ?? ""), await folder.write("proof", proof)];
  const args = ["--event", files[0] ?? "", "--proof", files[1] ?? "", "--key", vkey];
  expect(await runVerifier("verify-proof", args)).toMatchObject({ exitCode: 0, stderr: "" });
});
