import { describe, expect, it } from "vitest";
import { LogServer } from "./log-server.ts";
import { NoteKey } from "./note-key.ts";
import { checkpointOf, inventEvent, rootOf } from "./reference-log.ts";
import { Folder, runVerifier } from "./run-verifier.ts";
import { expectFault, expectWrong } from "./tampering.ts";

const ROOT = Buffer.alloc(32).toString("base64");
const NO_NOTE = "the newest checkpoint is not a signed note.";
const NO_CHECKPOINT = "the newest checkpoint does not consist of an origin, a size and a root hash.";

/** Changes to the text of a checkpoint. The log signs the changed text. */
const TEXTS: [name: string, edit: (text: string) => string, sentence: string][] = [
  [
    "another root",
    (text) => text.replace(/\n.{44}\n$/, `\n${ROOT}\n`),
    "the 3 entries and their tiles do not have the root of the newest checkpoint.",
  ],
  [
    "another origin",
    (text) => text.replace("localhost/log", "localhost/other"),
    "the origin of the newest checkpoint is not the key's name, localhost/log.",
  ],
  ["a size with a leading zero", (text) => text.replace("\n3\n", "\n03\n"), NO_CHECKPOINT],
  ["a negative size", (text) => text.replace("\n3\n", "\n-3\n"), NO_CHECKPOINT],
  ["a size beyond all logs", (text) => text.replace("\n3\n", "\n9999999999999999\n"), NO_CHECKPOINT],
  ["a short root", (text) => text.replace(/\n.{44}\n$/, "\nAAAA\n"), NO_CHECKPOINT],
  ["no root", (text) => text.replace(/\n.{44}\n$/, "\n"), NO_CHECKPOINT],
  ["an empty extension line", (text) => `${text}\nan extension\n`, NO_CHECKPOINT],
  ["a carriage return", (text) => text.replace("\n3\n", "\r\n3\n"), NO_NOTE],
  ["no text", () => "", NO_NOTE],
];

describe.concurrent("verify-log names a signed checkpoint with", () => {
  it.each(TEXTS)("%s", async (_, edit, sentence) => {
    await using log = await LogServer.start(3);
    const root = rootOf(log.entries).toString("base64");
    log.files.set("checkpoint", log.key.signNote(edit(`localhost/log\n3\n${root}\n`)));
    await expectFault(log, sentence);
  });

  it("a size that the tiles do not reach", async () => {
    await using log = await LogServer.start(3);
    log.files.set("checkpoint", log.key.signNote(`localhost/log\n999999999999999\n${ROOT}\n`));
    const { exitCode, stderr } = await runVerifier("verify-log", ["--url", log.url]);
    expect(stderr).toMatch(/^WRONG: .+000 is missing \(404\)\. It covers the entries 0 to 255\.\n$/);
    expect(exitCode).toBe(1);
  });
});

/** Changes to a signed checkpoint. */
const NOTES: [name: string, edit: (note: string, log: LogServer) => string | Buffer, sentence: string][] = [
  [
    "a changed size",
    (note) => note.replace("\n3\n", "\n2\n"),
    "the signature of the newest checkpoint by localhost/log is wrong.",
  ],
  [
    "a wrong signature beside the right one",
    (note, { key }) => `${note}${key.signatureLine("another text")}`,
    "the signature of the newest checkpoint by localhost/log is wrong.",
  ],
  [
    "a signature without its last byte",
    (note) => note.replace(/[^ ]{4}\n$/, "\n"),
    "the signature of the newest checkpoint by localhost/log is wrong.",
  ],
  [
    "the signature of another key of this name",
    (_, { entries, key }) => checkpointOf(entries, new NoteKey(key.name, "another seed")),
    "the newest checkpoint has no signature by the key localhost/log+5623a2fb.",
  ],
  [
    "no signature",
    (note) => note.slice(0, note.indexOf("\n\n") + 2),
    "the newest checkpoint has no signature by the key localhost/log+5623a2fb.",
  ],
  [
    "a signature line that is not base64",
    (note) => `${note}— witness.example ?\n`,
    "the newest checkpoint has a malformed signature line.",
  ],
  [
    "a signature line without its dash",
    (note) => note.replace("— ", "- "),
    "the newest checkpoint has a malformed signature line.",
  ],
  ["no line break at its end", (note) => note.slice(0, -1), NO_NOTE],
  ["no blank line", (note) => note.replace("\n\n", "\n"), NO_NOTE],
  ["bytes that are no UTF-8", (note) => Buffer.concat([Buffer.of(0xff), Buffer.from(note)]), NO_NOTE],
  ["no bytes", () => "", NO_NOTE],
  ["a page in its place", () => "<!doctype html>\n<title>Sign in</title>\n", NO_NOTE],
  ["megabytes", () => Buffer.alloc(3_000_000, "\n"), "/log/checkpoint is longer than 262144 bytes."],
];

describe.concurrent("verify-log names a note with", () => {
  it.each(NOTES)("%s", async (_, edit, sentence) => {
    await using log = await LogServer.start(3);
    log.files.set("checkpoint", edit(checkpointOf(log.entries, log.key), log));
    await expectFault(log, sentence);
  });
});

describe.concurrent("verify-log names a kept checkpoint", () => {
  const wrongly = async (content: (log: LogServer) => string, sentence: (log: LogServer) => string) => {
    await using log = await LogServer.start(600);
    await using folder = await Folder.make();
    await expectFault(log, sentence(log), ["--known", await folder.write("known", content(log))]);
  };
  const evidence = (sizes: string) => (log: LogServer) =>
    `${sizes}. Keep both: their signatures prove that the log was changed.\n\n${String(log.files.get("checkpoint"))}`;

  it("of another history", () =>
    wrongly(
      ({ entries, key }) => checkpointOf(entries.slice(0, 301).with(300, inventEvent(300, '"amount":1').entry), key),
      evidence("the newest checkpoint, of 600 entries, does not extend the known one, of 301"),
    ));

  it("of the same size and another root", () =>
    wrongly(
      ({ entries, key }) => checkpointOf(entries.with(0, inventEvent(0, '"amount":1').entry), key),
      evidence("the newest checkpoint, of 600 entries, does not extend the known one, of 600"),
    ));

  it("of more entries than the log has now", () =>
    wrongly(
      ({ entries, key }) => checkpointOf([...entries, inventEvent(600).entry], key),
      evidence("the newest checkpoint, of 600 entries, does not extend the known one, of 601"),
    ));

  it("of no entries and a root that is not that of an empty tree", () =>
    wrongly(
      ({ key }) => key.signNote(`localhost/log\n0\n${ROOT}\n`),
      evidence("the newest checkpoint, of 600 entries, does not extend the known one, of 0"),
    ));

  it("that another key has signed", () =>
    wrongly(
      ({ entries }) => checkpointOf(entries.slice(0, 9), new NoteKey("localhost/log", "another seed")),
      () => "the known checkpoint has no signature by the key localhost/log+5623a2fb.",
    ));

  it("that was changed", () =>
    wrongly(
      ({ entries, key }) => checkpointOf(entries.slice(0, 9), key).replace("\n9\n", "\n8\n"),
      () => "the signature of the known checkpoint by localhost/log is wrong.",
    ));

  it("that is none", () =>
    wrongly(
      () => "garbage",
      () => "the known checkpoint is not a signed note.",
    ));
});

describe.concurrent("verify-log names the key that the service serves, if it is", () => {
  const { vkey } = new NoteKey("localhost/log");
  const cosigner = `${vkey.slice(0, vkey.lastIndexOf("+") + 1)}BA${vkey.slice(vkey.lastIndexOf("+") + 3)}`;

  it.each([
    ["garbage", "<!doctype html>", "the key is not of the form NAME+ID+BASE64."],
    ["without a name", vkey.slice("localhost/log".length), "the key is not of the form NAME+ID+BASE64."],
    ["of another type", cosigner, "the key is not of type 1, Ed25519."],
    [
      "not of its ID",
      vkey.replace("5623a2fb", "00000000"),
      "the key says that its ID is 00000000, but its ID is 5623a2fb.",
    ],
    ["of too many bytes", "a".repeat(300_000), "/log/key is longer than 262144 bytes."],
  ])("%s", async (_, key, sentence) => {
    await using log = await LogServer.start(3);
    log.files.set("key", key);
    expectWrong(await runVerifier("verify-log", ["--url", log.url]), sentence);
  });
});

it("verify-log does not trust the key that the service serves if it is given another", async () => {
  await using log = await LogServer.start(3);
  const { exitCode } = await runVerifier("verify-log", ["--url", log.url, "--key", new NoteKey("other/log").vkey]);
  expect(exitCode).toBe(1);
});
