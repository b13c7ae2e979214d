import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

export interface ProjectCopy extends AsyncDisposable {
  folder: string;
}

/** Copies the project to a new folder, as `git clone` and `npm ci` make it. The copy is deleted when it is disposed. */
export async function copyProject(root: string): Promise<ProjectCopy> {
  const folder = await mkdtemp(path.join(tmpdir(), "tidings-docs-"));
  for (const file of filesOf(root)) {
    await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
    await cp(path.join(root, file), path.join(folder, file));
  }
  await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"), "junction");
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The files that git tracks, and new files that git does not ignore. */
function filesOf(root: string): string[] {
  const { stdout } = spawnSync("git", ["ls-files", "-z", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" });
  return stdout.split("\0").filter((file) => file !== "" && existsSync(path.join(root, file)));
}
