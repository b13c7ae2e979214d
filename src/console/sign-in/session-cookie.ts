import { DAY_MS } from "../../lib/time.ts";
import type { Context as HonoContext } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import { TOKEN_NAME } from "../../auth/credential.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { isLoopback } from "../../lib/loopback.ts";

/**
 * Browsers may ignore a cookie with a longer name and value (RFC 6265bis §5.6), and may shorten a longer age (§5.5).
 */
export const MAX_TOKEN_LENGTH = 4096 - TOKEN_NAME.length;
const MAX_AGE_SECONDS = (400 * DAY_MS) / 1000;

export function setSessionCookie(c: HonoContext<AppEnv>, token: string, secondsLeft: number): void {
  setCookie(c, TOKEN_NAME, token, { ...cookieOptions(c), maxAge: Math.min(secondsLeft, MAX_AGE_SECONDS) });
}

export function deleteSessionCookie(c: HonoContext<AppEnv>): void {
  deleteCookie(c, TOKEN_NAME, cookieOptions(c));
}

/**
 * Returns why the browser would ignore the session cookie, or undefined if it would keep it. Behind a proxy that
 * terminates TLS, the request's URL is http although the browser uses https, so the browser's headers are checked
 * first.
 */
export function cookieRefusalReason(c: HonoContext<AppEnv>): string | undefined {
  // Fetch Metadata §2: browsers send this header only to trustworthy URLs, and only those can set a Secure cookie.
  if (c.req.header("Sec-Fetch-Site") !== undefined) return undefined;
  const origin = c.req.header("Origin") ?? "";
  const url = new URL(URL.canParse(origin) ? origin : (c.get("context").config.publicUrl ?? c.req.url));
  if (url.protocol === "https:" || isLocalHttp(url)) return undefined;
  return (
    "You cannot sign in over http: the session cookie needs https. Open this service over https, or as localhost if it " +
    "runs on your own machine."
  );
}

/** Some browsers ignore a `Secure` cookie from http://localhost, so `Secure` is left out there, and only there. */
function cookieOptions(c: HonoContext<AppEnv>): CookieOptions {
  return { path: "/", httpOnly: true, sameSite: "Lax", secure: !isLocalHttp(new URL(c.req.url)) };
}

function isLocalHttp(url: URL): boolean {
  return url.protocol === "http:" && isLoopback(url);
}
