import { expect } from "vitest";
import type { LogServer } from "./log-server.ts";
import { tilesOf } from "./reference-log.ts";
import { runVerifier, type Verdict } from "./run-verifier.ts";

/** Changes the bytes of one file of a log. */
export function change(log: LogServer, path: string, edit: (bytes: Buffer) => Buffer): void {
  log.files.set(path, edit(fileOf(log, path)));
}

/** Serves some files of another log. */
export function takeFrom(log: LogServer, entries: Buffer[], paths: Iterable<string>): void {
  const files = tilesOf(entries);
  for (const path of paths) log.files.set(path, files.get(path) ?? Buffer.of());
}

export function swap(log: LogServer, one: string, other: string): void {
  const bytes = fileOf(log, one);
  log.files.set(one, fileOf(log, other));
  log.files.set(other, bytes);
}

export function flip(bytes: Buffer, place: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[place] = (changed[place] ?? 0) ^ 1;
  return changed;
}

export function replaceIn(bytes: Buffer, found: string, replacement: string): Buffer {
  const text = bytes.toString("latin1");
  expect(text).toContain(found);
  return Buffer.from(text.replace(found, replacement), "latin1");
}

function fileOf(log: LogServer, path: string): Buffer {
  const bytes = log.files.get(path);
  if (bytes === undefined) throw new Error(`the log has no file ${path}`);
  return Buffer.from(bytes);
}

/** Verifies a log with its own key, and expects exactly this sentence as the result. */
export async function expectFault(log: LogServer, sentence: string, args: string[] = []): Promise<void> {
  expectWrong(await runVerifier("verify-log", ["--url", log.url, "--key", log.key.vkey, ...args]), sentence);
}

export function expectWrong(verdict: Verdict, sentence: string): void {
  expect(verdict).toEqual({ exitCode: 1, stdout: "", stderr: `WRONG: ${sentence}\n` });
}
