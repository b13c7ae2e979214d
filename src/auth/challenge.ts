import { AppError } from "../errors.ts";

const CHALLENGE = 'Bearer realm="tidings"'; // RFC 6750 §3: at least one parameter

/** The 401 for a request without a credential. */
export function missingCredential(detail: string): AppError {
  return new AppError("unauthenticated", detail, { headers: { "WWW-Authenticate": CHALLENGE } });
}

/** The 401 for a credential that is not accepted. RFC 6750 §3: `flaw` is printable ASCII without `"` and `\`. */
export function badCredential(flaw: string): AppError {
  const challenge = `${CHALLENGE}, error="invalid_token", error_description="${flaw}"`;
  return new AppError("unauthenticated", flaw, { headers: { "WWW-Authenticate": challenge } });
}
