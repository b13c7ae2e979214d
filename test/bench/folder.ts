import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import path from "node:path";

export interface Folder extends Disposable {
  path: string;
}

/** Opens an empty folder. It is removed by its disposal or, at the latest, when this process exits, also by Ctrl-C. */
export async function openFolder(): Promise<Folder> {
  const folder = await mkdtemp(path.join(tmpdir(), "tidings-bench-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
  return { path: folder, [Symbol.dispose]: remove };
}
