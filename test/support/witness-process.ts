import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Each name below this URL is a separate witness. */
    witnessUrl: string;
  }
}

/** Starts test/witness/serve.ts, for all test files. Each witness has its own name. */
export default async function startWitnesses(project: TestProject): Promise<() => void> {
  const child = spawn(process.execPath, ["test/witness/serve.ts"], { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = (await once(createInterface(child.stdout), "line")) as [string];
  project.provide("witnessUrl", `http://127.0.0.1:${port}`);
  return () => void child.kill();
}
