import { createMiddleware } from "hono/factory";
import { every } from "hono/combine";
import { secureHeaders } from "hono/secure-headers";
import type { AppEnv } from "../../http/app-env.ts";
import { ARRIVAL_SOURCE } from "../assets/arrival.ts";

/** What a page may do: show our own style sheet and icon, and send our own forms here. No script may run. */
const PAGE = {
  "default-src": "'none'",
  "style-src": "'self'",
  "img-src": "'self'",
  "form-action": "'self'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
};

/**
 * For a page with the script that tells of arrivals, which may ask us alone. The script stands in the page itself and is
 * let in by its hash: a nonce would need a new secret for each answer, and 'self' would let in whatever else we serve.
 */
export const WITH_ARRIVAL = policyOf({ ...PAGE, "script-src": ARRIVAL_SOURCE, "connect-src": "'self'" });

/**
 * For the reference, whose scripts ask our own API and show the pictures that their style sheet holds. They are files, and
 * not every browser lets in files by their hash; so `nonce` does, which is another one for each answer.
 */
export function withReference(nonce: string): Record<string, string> {
  return policyOf({
    ...PAGE,
    "img-src": "'self' data:",
    "script-src": `'nonce-${nonce}'`,
    "connect-src": "'self'",
  });
}

function policyOf(directives: Record<string, string>): Record<string, string> {
  const policy = Object.entries(directives).map(([name, sources]) => `${name} ${sources}`);
  return { "Content-Security-Policy": policy.join("; ") };
}

const withPolicy = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (c.res.headers.has("Content-Security-Policy")) return;
  for (const [name, policy] of Object.entries(policyOf(PAGE))) c.header(name, policy);
});

/** `same-origin` and not `no-referrer`, under which browsers send their forms with `Origin: null`. */
const withHeaders = secureHeaders({
  referrerPolicy: "same-origin",
  xFrameOptions: "DENY",
  strictTransportSecurity: "max-age=15552000", // of this host alone: what lies below it is not ours to decide
  permissionsPolicy: { camera: false, geolocation: false, microphone: false, payment: false, usb: false },
});

export const securityHeaders = every(withPolicy, withHeaders);
