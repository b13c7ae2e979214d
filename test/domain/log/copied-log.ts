import { env } from "cloudflare:workers";
import { openLogCopy } from "../../../src/bucket/log-copy.ts";
import { aLog } from "./log-world.ts";

/** Makes a log with a copy in the real local bucket. */
export function aCopiedLog(vars?: Partial<Env>) {
  return aLog(vars, { copy: openLogCopy(env.ARCHIVE) });
}

/** Returns the texts of entries, so that people can read a failed comparison. */
export function textsOf(entries: readonly Uint8Array[]): string[] {
  return entries.map((entry) => new TextDecoder().decode(entry));
}
