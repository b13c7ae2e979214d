import type { Context as HonoContext } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import { TOKEN_NAME } from "../../auth/credential.ts";
import type { AppEnv } from "../../routes/env.ts";
import { isLocal } from "../frame/local.ts";

/** RFC 6265bis §5.6 lets a browser drop a longer name and value, and §5.5 a longer age. */
export const MOST_CHARACTERS = 4096 - TOKEN_NAME.length;
const MOST_SECONDS = 400 * 24 * 60 * 60;

export function keepToken(c: HonoContext<AppEnv>, token: string, secondsLeft: number): void {
  setCookie(c, TOKEN_NAME, token, { ...optionsFor(c), maxAge: Math.min(secondsLeft, MOST_SECONDS) });
}

export function forgetToken(c: HonoContext<AppEnv>): void {
  deleteCookie(c, TOKEN_NAME, optionsFor(c));
}

/** Not every browser takes a `Secure` cookie from http://localhost, and nowhere else is http served to people. */
function optionsFor(c: HonoContext<AppEnv>): CookieOptions {
  return { path: "/", httpOnly: true, sameSite: "Lax", secure: !isLocal(new URL(c.req.url)) };
}
