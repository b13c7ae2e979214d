import { rmSync } from "node:fs";
import { mkdtemp, statfs } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import path from "node:path";
import { Failure } from "../../../scripts/interruption.ts";
import type { Site } from "./workerd.ts";

const BYTES_AN_EVENT = 1_000; // with the room that a fill takes beside its file

/** A folder for databases of so many events, gone when this process is, also by Ctrl-C. */
export async function openSite(events: number): Promise<Site & Disposable> {
  const { bavail, bsize } = await statfs(tmpdir());
  const [free, needed] = [bavail * bsize, events * BYTES_AN_EVENT];
  if (free < needed) {
    throw new Failure(`${events} events need ${gigabytes(needed)} in ${tmpdir()}, which has ${gigabytes(free)}.`);
  }
  const folder = await mkdtemp(path.join(tmpdir(), "tidings-bench-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
  return {
    folder,
    vars: { JWT_SECRET: crypto.randomUUID(), INTERNAL_TOKEN: crypto.randomUUID() },
    [Symbol.dispose]: remove,
  };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
