import type { Context as HonoContext } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import { TOKEN_NAME } from "../../auth/credential.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { isLoopback } from "../shared/local.ts";

/** RFC 6265bis §5.6 lets a browser drop a longer name and value, and §5.5 a longer age. */
export const MOST_CHARACTERS = 4096 - TOKEN_NAME.length;
const MOST_SECONDS = 400 * 24 * 60 * 60;

export function keepToken(c: HonoContext<AppEnv>, token: string, secondsLeft: number): void {
  setCookie(c, TOKEN_NAME, token, { ...optionsFor(c), maxAge: Math.min(secondsLeft, MOST_SECONDS) });
}

export function forgetToken(c: HonoContext<AppEnv>): void {
  deleteCookie(c, TOKEN_NAME, optionsFor(c));
}

/**
 * Why a browser would not keep the cookie that is set here; undefined if it would. Behind a proxy that ends TLS, our own
 * URL is http where the browser's is https: what the browser sends comes first.
 */
export function whyNotKept(c: HonoContext<AppEnv>): string | undefined {
  // Fetch Metadata §2: browsers send this to trustworthy addresses only, which are those that may set a Secure cookie.
  if (c.req.header("Sec-Fetch-Site") !== undefined) return undefined;
  const origin = c.req.header("Origin") ?? "";
  const url = new URL(URL.canParse(origin) ? origin : (c.get("context").config.publicUrl ?? c.req.url));
  if (url.protocol === "https:" || isLoopback(url)) return undefined;
  return (
    "Nobody can sign in over http here: the cookie that keeps you signed in needs https. Open this service over https, " +
    "or on its own machine as localhost."
  );
}

/** Not every browser takes a `Secure` cookie from http://localhost, and nowhere else is http served to people. */
function optionsFor(c: HonoContext<AppEnv>): CookieOptions {
  return { path: "/", httpOnly: true, sameSite: "Lax", secure: !isLoopback(new URL(c.req.url)) };
}
