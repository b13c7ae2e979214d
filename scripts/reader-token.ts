import { SignJWT } from "jose";
import { Config, type Variables } from "../src/config.ts";

export interface ReaderClaims {
  user: string;
  groups: string[];
}

/**
 * Signs a reader's token (HS256, 12 hours) for a service with these variables. The service's own parser reads them.
 * @throws if no token can be made from these variables. The message says where tokens come from.
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
    `JWT_SECRET is not set, so no reader's token can be made here. Readers' tokens come from the issuer whose keys are at ` +
    `JWKS_URL (${jwksUrl?.href}), with the claims ${wanted.join(", ")}. To make tokens here too, set JWT_SECRET to at ` +
    `least 32 random bytes, for example in .dev.vars. Both kinds of tokens are then valid.`
  );
}
