import { access } from "node:fs/promises";
import path from "node:path";
import { unstable_getVarsForDev, unstable_readConfig } from "wrangler";
import { createDevVars, ROOT, type Vars } from "./dev-vars.ts";
import { FILES_ONLY } from "./wrangler.ts";

/**
 * The variables of the local service, read by wrangler as `wrangler dev` reads them. These are the `[vars]` of
 * wrangler.toml, replaced by the values in `envFiles`, of which the last file wins. Without `envFiles`, the values of
 * .dev.vars replace them; it is created on first use.
 */
export async function readLocalVariables(envFiles: string[]): Promise<Vars> {
  if (envFiles.length === 0) await createDevVars();
  for (const file of envFiles) await access(path.resolve(ROOT, file)); // wrangler would ignore a missing file
  Object.assign(process.env, FILES_ONLY);
  const { userConfigPath, vars } = unstable_readConfig(
    { config: path.join(ROOT, "wrangler.toml") },
    { hideWarnings: true },
  );
  const bindings = unstable_getVarsForDev(userConfigPath, envFiles, vars, undefined, true);
  return Object.fromEntries(Object.entries(bindings).map(([name, { value }]) => [name, textOf(name, value)]));
}

function textOf(name: string, value: unknown): string {
  if (typeof value !== "string") throw new Error(`The variable ${name} must be a text, in quotes.`);
  return value;
}
