import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseEnv } from "node:util";

export type Vars = Record<string, string | undefined>;

export const ROOT = path.resolve(import.meta.dirname, "..");
const DEV_VARS = path.join(ROOT, ".dev.vars");

/** The local service's variables. Written with new random secrets on first use, never overwritten. */
export async function readOrCreateDevVars(): Promise<Vars> {
  try {
    await writeVars(DEV_VARS, {
      JWT_SECRET: randomSecret(),
      INTERNAL_TOKEN: randomSecret(),
      ALLOW_LOCAL_DESTINATIONS: "true",
      SERVER_TIMING: "true",
    });
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
  }
  return readVars([DEV_VARS]);
}

/** Of a variable that several files set, the last counts: so does wrangler's `--env-file`. */
export async function readVars(files: string[]): Promise<Vars> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return parseEnv(texts.join("\n"));
}

/** @throws when the file is there already. */
export async function writeVars(file: string, vars: Vars): Promise<void> {
  const lines = Object.entries(vars).map(([name, value]) => `${name}=${value ?? ""}\n`);
  await writeFile(file, lines.join(""), { flag: "wx", mode: 0o600 });
}

export function randomSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** The first of the producers' tokens: the variable may hold several, for rotation. */
export function producerToken(vars: Vars): string {
  const token = vars["INTERNAL_TOKEN"]
    ?.split(",")
    .map((text) => text.trim())
    .find((text) => text !== "");
  if (token === undefined) throw new Error("INTERNAL_TOKEN is not set in the local variables (.dev.vars).");
  return token;
}

function isAlreadyThere(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}
