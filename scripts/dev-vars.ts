import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Config, type Variables } from "../src/config.ts";
import { newLogKey } from "./new-log-key.ts";

export type Vars = Record<string, string | undefined>;

export const ROOT = path.resolve(import.meta.dirname, "..");
const DEV_VARS = path.join(ROOT, ".dev.vars");

/** Writes .dev.vars with new random secrets on first use. It is never overwritten. */
export async function createDevVars(): Promise<void> {
  try {
    await writeVars(DEV_VARS, newDevVars());
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
  }
}

export function newDevVars(): Vars {
  return {
    JWT_SECRET: randomSecret(),
    INTERNAL_TOKEN: randomSecret(),
    LOG_KEY: newLogKey("localhost/log").privateKey,
    ALLOW_LOCAL_DESTINATIONS: "true",
    SERVER_TIMING: "true",
  };
}

/** @throws if the file exists */
export async function writeVars(file: string, vars: Vars): Promise<void> {
  const lines = Object.entries(vars).map(([name, value]) => `${name}=${value ?? ""}\n`);
  await writeFile(file, lines.join(""), { flag: "wx", mode: 0o600 });
}

export function randomSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** The first of the producers' tokens. During a rotation there are several. */
export function producerToken(variables: Variables): string {
  const [token = ""] = new Config(variables).internalTokens; // which are never none
  return token;
}

function isAlreadyThere(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}
