import { execFileSync } from "node:child_process";
import { accessSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { LogServer } from "./log-server.ts";
import { NoteKey } from "./note-key.ts";
import { checkpointOf, entryBytes, lineOf, proofOf, rootOf } from "./reference-log.ts";
import { Folder, runVerifier, SCRIPTS } from "./run-verifier.ts";
import { takeFrom } from "./tampering.ts";

describe.concurrent("verify-log, on a log without fault", () => {
  it.each([0, 1, 2, 255, 256, 257, 511, 512, 600])("accepts %i entries and prints what it checked", async (size) => {
    await using log = await LogServer.start(size);
    const { exitCode, stdout, stderr } = await runVerifier("verify-log", ["--url", log.url, "--key", log.key.vkey]);
    expect(stderr).toBe("");
    expect(stdout).toContain(
      `localhost/log has ${size} entries and the root ${rootOf(log.entries).toString("base64")}.`,
    );
    expect(stdout).toContain(log.key.vkey);
    expect(stdout).not.toContain("WARNING");
    if (size > 0) expect(stdout).toContain(`up to ID ${log.events.at(-1)?.id},`);
    expect(exitCode).toBe(0);
  });

  it("reads every file of a tree of three levels, and no other", async () => {
    await using log = await LogServer.start(65_836);
    const { exitCode, stderr } = await runVerifier("verify-log", ["--url", log.url, "--key", log.key.vkey]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(log.requestedPaths).toEqual([...log.files.keys()].filter((path) => path !== "key").toSorted());
    expect(log.requestedPaths).toEqual(expect.arrayContaining(["tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"]));
    expect(log.requests).toHaveLength(log.requestedPaths.length);
  });

  it.each([0, 1, 255, 256, 257, 300, 511, 512, 600])(
    "accepts that it extends a kept checkpoint of %i",
    async (size) => {
      await using log = await LogServer.start(600);
      await using folder = await Folder.make();
      const known = await folder.write("known", checkpointOf(log.entries.slice(0, size), log.key));
      const args = ["--url", log.url, "--key", log.key.vkey, "--known", known];
      const { exitCode, stdout } = await runVerifier("verify-log", args);
      expect(stdout).toContain(`extends the known checkpoint, which has ${size} entries`);
      expect(exitCode).toBe(0);
    },
  );

  it("asks the service for the key if it has none, and warns of that", async () => {
    await using log = await LogServer.start(3);
    const { exitCode, stdout } = await runVerifier("verify-log", ["--url", log.url]);
    expect(stdout).toContain(`The key ${log.key.vkey} signed`);
    expect(stdout).toContain("WARNING: the service named this key itself.");
    expect(exitCode).toBe(0);
  });

  it("accepts a checkpoint that witnesses have signed too, some with its name or with its key ID", async () => {
    await using log = await LogServer.start(3);
    const note = checkpointOf(log.entries, log.key);
    const text = note.slice(0, note.indexOf("\n\n") + 1);
    const witnesses = [new NoteKey("witness.example/w1"), new NoteKey(log.key.name, "another seed")];
    const sameId = log.key.signatureLine("another text").replace(log.key.name, "impostor.example");
    log.files.set("checkpoint", `${note}${witnesses.map((key) => key.signatureLine(text)).join("")}${sameId}`);
    const { exitCode } = await runVerifier("verify-log", ["--url", log.url, "--key", log.key.vkey]);
    expect(exitCode).toBe(0);
  });

  it("accepts a checkpoint with extension lines", async () => {
    await using log = await LogServer.start(3);
    const root = rootOf(log.entries).toString("base64");
    log.files.set("checkpoint", log.key.signNote(`${log.key.name}\n3\n${root}\nan extension\n`));
    const { exitCode } = await runVerifier("verify-log", ["--url", log.url, "--key", log.key.vkey]);
    expect(exitCode).toBe(0);
  });

  it("accepts IDs beyond 2^53", async () => {
    await using log = await LogServer.start(0);
    const ids = ["9007199254740992", "9007199254740993", "9999999999999999999"];
    log.publish(ids.map((id) => entryBytes(id, "2026-11-29T02:05:17.488Z", rootOf([]))));
    const { exitCode, stdout } = await runVerifier("verify-log", ["--url", log.url]);
    expect(stdout).toContain("up to ID 9999999999999999999,");
    expect(exitCode).toBe(0);
  });

  it("accepts a URL with a path, and with a slash at its end", async () => {
    await using log = await LogServer.start(3);
    const { exitCode, stderr } = await runVerifier("verify-log", ["--url", `${log.url}/audit//`]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(log.requests.every(({ url }) => url?.startsWith("/audit/log/"))).toBe(true);
  });
});

describe.concurrent("verify-log, in its requests", () => {
  it("goes past caches: each request has a query that is new in each run", async () => {
    await using log = await LogServer.start(300);
    await runVerifier("verify-log", ["--url", log.url]);
    const first = log.requests.splice(0);
    await runVerifier("verify-log", ["--url", log.url]);
    const queriesOf = (requests: typeof first) => new Set(requests.map(({ url = "" }) => url.split("?")[1]));
    expect(queriesOf(first).size).toBe(1);
    expect(queriesOf(log.requests).size).toBe(1);
    expect(queriesOf(first)).not.toEqual(queriesOf(log.requests));
    expect(first.every(({ headers }) => headers["cache-control"] === "no-cache")).toBe(true);
  });

  it("takes the token from --token or TIDINGS_TOKEN, and asks for one", async () => {
    await using log = await LogServer.start(3);
    log.token = "a-token";
    const args = ["--url", log.url];
    const byOption = await runVerifier("verify-log", [...args, "--token", "a-token"]);
    const byVariable = await runVerifier("verify-log", args, { env: { TIDINGS_TOKEN: "a-token" } });
    const without = await runVerifier("verify-log", args);
    expect([byOption.exitCode, byVariable.exitCode]).toEqual([0, 0]);
    expect(without).toMatchObject({ exitCode: 1, stderr: "WRONG: /log/key needs --token or TIDINGS_TOKEN.\n" });
  });

  it("takes the full tile and bundle if the partial ones are gone because the log has grown", async () => {
    await using log = await LogServer.start(700);
    log.files.set("checkpoint", checkpointOf(log.entries.slice(0, 300), log.key));
    takeFrom(log, log.entries.slice(0, 300), ["tile/1/000.p/1"]);
    const { exitCode, stderr } = await runVerifier("verify-log", ["--url", log.url]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(log.requestedPaths).toEqual(expect.arrayContaining(["tile/0/001.p/44", "tile/0/001", "tile/entries/001"]));
  });

  it.each([429, 503])("repeats a request after a %i", async (status) => {
    await using log = await LogServer.start(600);
    log.intercept = (_, response, attempt) => {
      if (attempt > 2) return false;
      response.writeHead(status, { "retry-after": "0" }).end();
      return true;
    };
    const { exitCode, stderr } = await runVerifier("verify-log", ["--url", log.url]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  it("gives up after the fourth 503", async () => {
    await using log = await LogServer.start(3);
    log.intercept = (path, response) => {
      if (path !== "checkpoint") return false;
      response.writeHead(503, { "retry-after": "0" }).end();
      return true;
    };
    const verdict = await runVerifier("verify-log", ["--url", log.url]);
    expect(verdict).toMatchObject({ exitCode: 1, stderr: "WRONG: /log/checkpoint responded with 503.\n" });
    expect(log.requests.filter(({ url }) => url?.startsWith("/log/checkpoint"))).toHaveLength(4);
  });
});

/** The oldest Node.js that the verifiers support, if it is installed. */
const NODE_20 = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .find((file) => exists(file) && execFileSync(file, ["--version"]).toString().startsWith("v20."));

it.skipIf(NODE_20 === undefined)("the verifiers run on Node.js 20", async () => {
  await using log = await LogServer.start(300);
  await using folder = await Folder.make();
  const known = await folder.write("known", checkpointOf(log.entries.slice(0, 280), log.key));
  const events = await folder.write("events", log.events.map((event, index) => lineOf(index, event)).join(""));
  const args = ["--url", log.url, "--key", log.key.vkey, "--known", known, "--events", events, "--complete"];
  const verdict = await runVerifier("verify-log", args, { node: NODE_20 ?? "" });
  expect(verdict).toMatchObject({ exitCode: 0, stderr: "" });
});

it("the verifiers need no file but their own", async () => {
  await using log = await LogServer.start(1);
  await using copy = await Folder.make();
  for (const file of await readdir(SCRIPTS)) await copy.write(file, await readFile(join(SCRIPTS, file)));
  await copy.write("package.json", '{ "type": "module" }');
  const event = await copy.write("event", log.events.map(({ body }) => body).join(""));
  const proof = await copy.write("proof", proofOf(0, log.events, log.key));
  const proofArgs = ["--event", event, "--proof", proof, "--key", log.key.vkey];
  expect(await runVerifier("verify-log", ["--url", log.url], { folder: copy.path })).toMatchObject({ exitCode: 0 });
  expect(await runVerifier("verify-proof", proofArgs, { folder: copy.path })).toMatchObject({ exitCode: 0 });
});

function exists(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}
