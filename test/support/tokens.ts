import { env } from "cloudflare:workers";
import { signedBySecret } from "../auth/tokens.ts";

/** A reader, as described by a token. */
export interface TestReader {
  name?: string;
  groups?: readonly string[];
}

const IN_2100 = 4_102_444_800; // beyond every clock that a test sets
const made = new Map<string, Promise<string>>();

/** A token that the service accepts for this reader. It is signed once for each reader. */
export function tokenOf({ name = "ada", groups = [] }: TestReader): Promise<string> {
  const claims = { sub: name, groups, exp: IN_2100 };
  const key = JSON.stringify(claims);
  const token = made.get(key) ?? signedBySecret(claims, env.JWT_SECRET);
  made.set(key, token);
  return token;
}
