import path from "node:path";
import { build, type Rolldown } from "vite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    clientBundle: ClientBundle;
  }
}

/** The client as a web page loads it. `modules` are the source files in the code. */
export interface ClientBundle {
  code: string;
  modules: string[];
}

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Bundles the client for browsers. Runs in Node, because the Workers runtime has no files. */
export default async function bundleClient(project: TestProject): Promise<void> {
  const built = await build({
    configFile: false,
    root: ROOT,
    logLevel: "error",
    build: {
      write: false,
      minify: true,
      rollupOptions: { input: "src/client/index.ts", preserveEntrySignatures: "strict" },
    },
  });
  const chunks = (built as Rolldown.RolldownOutput).output; // one build, without a watcher
  project.provide("clientBundle", {
    code: chunks.map((chunk) => (chunk.type === "chunk" ? chunk.code : "")).join("\n"),
    modules: chunks.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : [])).map(relative),
  });
}

function relative(file: string): string {
  return path.relative(ROOT, file).replaceAll(path.sep, "/");
}
