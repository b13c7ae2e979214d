import { readdir } from "node:fs/promises";
import path from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { ROOT } from "../../scripts/dev-vars.ts";
import { Failure } from "../../scripts/run-script.ts";
import { spawnWrangler } from "../../scripts/wrangler.ts";

/** The settings of the service in a work tree. */
function settingsIn(root: string) {
  return readConfig({ config: path.join(root, "wrangler.toml") });
}

export const settings = settingsIn(ROOT);

type ModuleType = "ESModule" | "CommonJS" | "CompiledWasm" | "Text" | "Data";

/** A rule in wrangler.toml. wrangler's types do not describe it. */
interface Rule {
  type: ModuleType;
  globs: string[];
}

/** The modules of a built Worker, the main module first. */
export interface Bundle {
  folder: string;
  modules: [main: { type: "ESModule"; path: string }, ...rest: { type: ModuleType; path: string }[]];
}

/** Bundles a Worker like a deployment of the service, into its own folder in `folder`. */
export async function bundle(folder: string, worker: string, root = ROOT): Promise<Bundle> {
  const outdir = path.join(folder, "built", path.basename(path.dirname(worker)));
  let output = "";
  const wrangler = spawnWrangler(["deploy", worker, "--dry-run", "--outdir", outdir], {
    cwd: root,
    onOutput: (text) => (output += text),
  });
  if ((await wrangler.ended) !== 0) throw new Failure(`The Worker could not be bundled:\n${output}`);
  const main = path.join(outdir, path.basename(worker).replace(/\.ts$/, ".js"));
  const rules: Rule[] = settingsIn(root).rules;
  const rest = (await readdir(outdir)).flatMap((file) => {
    const type = typeOf(file, rules);
    return type === undefined ? [] : [{ type, path: path.join(outdir, file) }];
  });
  return { folder: outdir, modules: [{ type: "ESModule", path: main }, ...rest] };
}

/**
 * Returns the type of a file in the folder of the main module, by wrangler.toml's rules, or undefined if it is no
 * module.
 */
function typeOf(file: string, rules: Rule[]): ModuleType | undefined {
  return rules.find(({ globs }) => globs.some((glob) => path.matchesGlob(file, glob)))?.type;
}
