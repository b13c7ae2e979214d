import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { Failure } from "../../../scripts/run-script.ts";
import { openFolder } from "../folder.ts";
import type { Site } from "./workerd.ts";

const BYTES_PER_EVENT = 1_000; // including the space that a fill needs in addition to its file

/** Opens a folder for databases of `events` events. It is removed when this process exits, also by Ctrl-C. */
export async function openSite(events: number): Promise<Site & Disposable> {
  const { bavail, bsize } = await statfs(tmpdir());
  const [free, needed] = [bavail * bsize, events * BYTES_PER_EVENT];
  if (free < needed) {
    throw new Failure(`${events} events need ${gigabytes(needed)} in ${tmpdir()}, which has ${gigabytes(free)}.`);
  }
  const folder = await openFolder();
  return {
    folder: folder.path,
    vars: { JWT_SECRET: crypto.randomUUID(), INTERNAL_TOKEN: crypto.randomUUID() },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
