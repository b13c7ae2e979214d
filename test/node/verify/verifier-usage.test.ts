import { describe, expect, it } from "vitest";
import { NoteKey } from "./note-key.ts";
import { runVerifier } from "./run-verifier.ts";

const URL = ["--url", "http://localhost:1"];
const FILE = import.meta.filename;
const { vkey } = new NoteKey("localhost/log");

const USAGE: ["verify-log" | "verify-proof", args: string[], message: string][] = [
  ["verify-log", [], "--url is missing, or is not of the form https://HOST."],
  ["verify-log", ["--url", "localhost:8787"], "--url is missing, or is not of the form https://HOST."],
  ["verify-log", ["--url", "file:///etc/passwd"], "--url is missing, or is not of the form https://HOST."],
  ["verify-log", [...URL, "--key", "garbage"], "the key is not of the form NAME+ID+BASE64."],
  ["verify-log", [...URL, "--key", vkey.slice(0, -4)], "the key is not of type 1, Ed25519."],
  ["verify-log", [...URL, "--key", ""], "An option has an empty value."],
  ["verify-log", [...URL, "--known", ""], "An option has an empty value."],
  ["verify-log", [...URL, "--known", "/no/such/file"], "ENOENT: no such file or directory, open '/no/such/file'"],
  ["verify-log", [...URL, "--events", "/no/such/file"], "ENOENT: no such file or directory, access '/no/such/file'"],
  ["verify-log", [...URL, "--known", FILE, "--known", FILE], "--known is given twice."],
  ["verify-log", [...URL, "--complete"], "--complete needs --events."],
  ["verify-log", [...URL, "--events", FILE, "--complete", "1x"], "--complete is not an index."],
  ["verify-log", [...URL, "--token", "a token"], "The token contains a character that a token cannot contain."],
  ["verify-log", [...URL, "--timeout", "soon"], "--timeout is not a number of seconds."],
  ["verify-log", [...URL, "--timeout", "0"], "--timeout is not a number of seconds."],
  ["verify-log", [...URL, "--keys", vkey], "Unknown option '--keys'"],
  ["verify-log", [...URL, "more"], "Unexpected argument 'more'."],
  ["verify-log", [...URL, "--key"], "Option '--key <value>' argument missing"],
  ["verify-proof", [], "--event, --proof and --key must all be given."],
  ["verify-proof", ["--event", FILE, "--proof", FILE], "--event, --proof and --key must all be given."],
  [
    "verify-proof",
    ["--event", FILE, "--proof", FILE, "--key", "garbage"],
    "the key is not of the form NAME+ID+BASE64.",
  ],
  ["verify-proof", ["--event", "/no/such/file", "--proof", FILE, "--key", vkey], "ENOENT: no such file or directory"],
  ["verify-proof", ["--event", FILE, "--proof", "/no", "--key", vkey], "ENOENT: no such file or directory"],
];

describe.concurrent("a verifier says what is wrong with the command, and how to write it, for", () => {
  it.each(USAGE)("%s %j: %s", async (script, args, message) => {
    const { exitCode, stdout, stderr } = await runVerifier(script, args);
    expect(stderr.startsWith(message), stderr).toBe(true);
    expect(stderr).toContain(`\n\nUsage: ${script} --`);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  });

  it.each(["verify-log", "verify-proof"] as const)("--help of %s, which is no error", async (script) => {
    const { exitCode, stdout, stderr } = await runVerifier(script, ["--help"]);
    expect(stdout).toMatch(new RegExp(`^Usage: ${script} --`));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });
});
