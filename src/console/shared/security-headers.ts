import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";
import type { AppEnv } from "../../http/app-env.ts";
import { LIVE_ARRIVAL_SCRIPT_HASH } from "../assets/browser-scripts.ts";

/** The policy of all pages but two: our own style sheet, icon and forms, and no script. */
const DEFAULT_POLICY = {
  "default-src": "'none'",
  "style-src": "'self'",
  "img-src": "'self'",
  "form-action": "'self'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
};

/**
 * The policy of a page with the live-arrival script, which may connect only to this origin. The inline script is allowed by
 * its hash: a nonce would need new randomness per response, and 'self' would allow every script that this origin serves.
 */
export const LIVE_ARRIVAL_POLICY = policyHeader({
  ...DEFAULT_POLICY,
  "script-src": LIVE_ARRIVAL_SCRIPT_HASH,
  "connect-src": "'self'",
});

/**
 * The policy of the API reference, whose scripts call our API and whose style sheet holds images as data URLs. Not every
 * browser allows script files by hash, but all do by nonce. The nonce must be new for each response.
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
  referrerPolicy: "same-origin", // under `no-referrer`, browsers send forms with `Origin: null`
  xFrameOptions: "DENY",
  strictTransportSecurity: "max-age=15552000", // no includeSubDomains: subdomains may belong to others
  permissionsPolicy: { camera: false, geolocation: false, microphone: false, payment: false, usb: false },
});

export const securityHeaders = every(withPolicy, withSecureHeaders);
