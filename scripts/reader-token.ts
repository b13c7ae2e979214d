import { SignJWT } from "jose";
import type { Vars } from "./dev-vars.ts";

export interface ReaderClaims {
  user: string;
  groups: string[];
}

/** A reader's token (HS256, 12 hours) for the service that runs with `vars`. */
export async function signReaderToken(vars: Vars, { user, groups }: ReaderClaims): Promise<string> {
  const secret = vars["JWT_SECRET"];
  if (!secret) throw new Error("JWT_SECRET is not set in the local variables (.dev.vars).");
  const token = new SignJWT({ [vars["GROUPS_CLAIM"] || "groups"]: groups })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(user)
    .setIssuedAt()
    .setExpirationTime("12h");
  if (vars["JWT_ISSUER"]) token.setIssuer(vars["JWT_ISSUER"]);
  if (vars["JWT_AUDIENCE"]) token.setAudience(vars["JWT_AUDIENCE"]);
  return token.sign(new TextEncoder().encode(secret));
}
