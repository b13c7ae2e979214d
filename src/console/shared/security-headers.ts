import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";
import type { AppEnv } from "../../http/app-env.ts";
import { LIVE_ARRIVAL_SCRIPT_HASH } from "../assets/browser-scripts.ts";

/** The policy of most pages: only this origin's style sheet, icon and forms, and no script. */
const DEFAULT_POLICY = {
  "default-src": "'none'",
  "style-src": "'self'",
  "img-src": "'self'",
  "form-action": "'self'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
};

/**
 * The policy of a page with the live-arrival script, which may connect only to this origin. The inline script is
 * allowed by its hash. A nonce would need new randomness for each response, and 'self' would allow every script of this
 * origin.
 */
export const LIVE_ARRIVAL_POLICY = policyHeader({
  ...DEFAULT_POLICY,
  "script-src": LIVE_ARRIVAL_SCRIPT_HASH,
  "connect-src": "'self'",
});

/**
 * The policy of the API reference. Its scripts call the API, and its style sheet contains images as data URLs. Scripts
 * are allowed by a nonce, because not every browser allows script files by hash. The nonce must be new for each
 * response.
 */
export function referencePolicy(nonce: string): Record<string, string> {
  return policyHeader({
    ...DEFAULT_POLICY,
    "img-src": "'self' data:",
    "script-src": `'nonce-${nonce}'`,
    "connect-src": "'self'",
  });
}

function policyHeader(directives: Record<string, string>): Record<string, string> {
  const policy = Object.entries(directives).map(([name, sources]) => `${name} ${sources}`);
  return { "Content-Security-Policy": policy.join("; ") };
}

const withPolicy = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (c.res.headers.has("Content-Security-Policy")) return;
  for (const [name, policy] of Object.entries(policyHeader(DEFAULT_POLICY))) c.header(name, policy);
});

const withSecureHeaders = secureHeaders({
  referrerPolicy: "same-origin", // with `no-referrer`, browsers send forms with `Origin: null`
  xFrameOptions: "DENY",
  strictTransportSecurity: "max-age=15552000", // no includeSubDomains: subdomains may belong to others
  permissionsPolicy: { camera: false, geolocation: false, microphone: false, payment: false, usb: false },
});

export const securityHeaders = every(withPolicy, withSecureHeaders);
