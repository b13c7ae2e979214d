import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** The folder of the verifiers. */
export const SCRIPTS = path.resolve(import.meta.dirname, "../../../scripts/verify");

export interface Verdict {
  exitCode: number;
  stdout: string;
  stderr: string;
}

interface RunOptions {
  node?: string;
  folder?: string;
  env?: Record<string, string>;
}

/** Runs a verifier as an auditor does: in its own process, and without npm packages. */
export async function runVerifier(
  script: "verify-log" | "verify-proof",
  args: string[],
  { node = process.execPath, folder = SCRIPTS, env = {} }: RunOptions = {},
): Promise<Verdict> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, PATH: "/nowhere", TIDINGS_TOKEN: "", ...env }, maxBuffer: 1024 * 1024 };
    execFile(node, [path.join(folder, `${script}.js`), ...args], options, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** A folder for the files of one test. */
export class Folder implements AsyncDisposable {
  readonly path: string;

  private constructor(folder: string) {
    this.path = folder;
  }

  static async make(): Promise<Folder> {
    return new Folder(await mkdtemp(path.join(tmpdir(), "tidings-verify-")));
  }

  /** Writes a file and returns its path. */
  async write(name: string, content: string | Uint8Array): Promise<string> {
    const file = path.join(this.path, name);
    await writeFile(file, content);
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true });
  }
}
