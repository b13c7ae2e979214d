import { SignJWT } from "jose";
import { Config, type Variables } from "../src/config.ts";

export interface ReaderClaims {
  user: string;
  groups: string[];
}

/**
 * A reader's token (HS256, 12 hours) for the service that runs with `variables`, which the service's own parser reads.
 * @throws with a sentence that says where tokens come from, if these variables make none
 */
export async function signReaderToken(variables: Variables, { user, groups }: ReaderClaims): Promise<string> {
  const config = new Config(variables);
  config.requireVerificationKeys();
  if (config.jwtSecret === undefined) throw new Error(whereTokensComeFrom(config));
  const token = new SignJWT({ [config.groupsClaim]: groups })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(user)
    .setIssuedAt()
    .setExpirationTime("12h");
  const [issuer] = config.jwtIssuers;
  const [audience] = config.jwtAudiences;
  if (issuer !== undefined) token.setIssuer(issuer);
  if (audience !== undefined) token.setAudience(audience);
  return token.sign(new TextEncoder().encode(config.jwtSecret));
}

function whereTokensComeFrom({ jwksUrl, jwtIssuers, jwtAudiences, groupsClaim }: Config): string {
  const wanted = [
    ...(jwtIssuers.length > 0 ? [`iss ${jwtIssuers.join(" or ")}`] : []),
    ...(jwtAudiences.length > 0 ? [`aud ${jwtAudiences.join(" or ")}`] : []),
    "exp",
    "sub (the reader's name)",
    `${groupsClaim} (an array of the reader's groups)`,
  ];
  return (
    `JWT_SECRET is not set, so no reader's token can be made here: readers' tokens come from the issuer whose keys are at ` +
    `JWKS_URL (${jwksUrl?.href}), with the claims ${wanted.join(", ")}. To make tokens here as well, set JWT_SECRET to ` +
    `at least 32 random bytes, for instance in .dev.vars: both kinds of tokens are good then.`
  );
}
