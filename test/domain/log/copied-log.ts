import { env } from "cloudflare:workers";
import { openLogCopy } from "../../../src/bucket/log-copy.ts";
import { aLog } from "./log-world.ts";

/** A log with a copy in the real local bucket. */
export function aCopiedLog(vars?: Partial<Env>) {
  return aLog(vars, { copy: openLogCopy(env.ARCHIVE) });
}

/** For a comparison that people can read. */
export function textsOf(entries: readonly Uint8Array[]): string[] {
  return entries.map((entry) => new TextDecoder().decode(entry));
}
