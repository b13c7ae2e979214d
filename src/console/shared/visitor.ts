import type { Context as HonoContext } from "hono";
import { findCredential } from "../../auth/credential.ts";
import type { AppEnv } from "../../http/app-env.ts";
import type { Visitor } from "./layout.tsx";

/** Behind `asReader`. Whom a proxy signs in, the console cannot sign out. */
export function visitorOf(c: HonoContext<AppEnv>): Visitor {
  return { name: c.get("reader").name, maySignOut: findCredential(c.req.raw)?.source === "cookie" };
}
