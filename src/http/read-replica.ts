import type { Context as HonoContext } from "hono";
import { AppError } from "../errors.ts";
import type { Database } from "../store/database.ts";
import type { AppEnv } from "./app-env.ts";

/**
 * The form of D1's bookmarks (Cloudflare D1, "Sessions"). Another text is ignored, because a session would return it
 * unchanged.
 */
const BOOKMARK = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/;

/**
 * Runs a query on the nearest replica that is as fresh as the request's bookmark. A bookmark that D1 rejects is
 * ignored.
 */
export async function onReplica<Result>(
  c: HonoContext<AppEnv>,
  query: (db: Database) => Promise<Result>,
): Promise<{ result: Result; bookmark: string | null }> {
  const { openReplica, log } = c.get("context");
  const presented = c.req.header("x-d1-bookmark");
  if (presented !== undefined && BOOKMARK.test(presented)) {
    try {
      const db = openReplica(presented);
      return { result: await query(db), bookmark: db.bookmark() };
    } catch (error) {
      if (error instanceof AppError) throw error; // not repeated if D1 is overloaded, because a second query would make that worse
      log({ event: "bookmark_refused", request_id: c.get("requestId") });
    }
  }
  const db = openReplica();
  return { result: await query(db), bookmark: db.bookmark() };
}
