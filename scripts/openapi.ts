import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openApiDocument } from "../src/api/openapi/openapi-document.ts";

const REDOCLY = fileURLToPath(import.meta.resolve("@redocly/cli/bin/cli.js"));

// Stops redocly from using the network: no telemetry, and no check for a newer version.
const QUIET = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };

/**
 * Lints with redocly's recommended rules, with warnings as errors, and returns the exit code. One rule is left out: it
 * reports `POST …/{id}/redeliver` and `GET …/project/{project}` as ambiguous, although no path has both methods.
 */
function lint(file: string): number {
  const args = [REDOCLY, "lint", file, "--extends", "recommended-strict", "--skip-rule", "no-ambiguous-paths"];
  return spawnSync(process.execPath, args, { stdio: "inherit", env: { ...process.env, ...QUIET } }).status ?? 1;
}

// node scripts/openapi.ts [--lint] [FILE]: writes the OpenAPI document.
const { values, positionals } = parseArgs({ options: { lint: { type: "boolean" } }, allowPositionals: true });
const [file = path.join("dist", "openapi.json")] = positionals;
await mkdir(path.dirname(file), { recursive: true });
await writeFile(file, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
console.log(`Wrote ${file}`);
if (values.lint) process.exitCode = lint(file);
