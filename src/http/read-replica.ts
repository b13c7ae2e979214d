import type { Context as HonoContext } from "hono";
import { AppError } from "../errors.ts";
import type { Database } from "../store/database.ts";
import type { AppEnv } from "./app-env.ts";

/** Cloudflare D1, "Sessions". Other bookmarks are ignored, because a session would return them unchanged. */
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
      if (error instanceof AppError) throw error; // D1 is overloaded: a second query would make it worse
      log({ event: "bookmark_refused", request_id: c.get("requestId") });
    }
  }
  const db = openReplica();
  return { result: await query(db), bookmark: db.bookmark() };
}
