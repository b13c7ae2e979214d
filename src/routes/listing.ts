import type { Context as HonoContext, TypedResponse } from "hono";
import { eventJson } from "../domain/event-json.ts";
import { listEvents } from "../domain/list-events.ts";
import type { Scope } from "../domain/scope.ts";
import { AppError } from "../errors.ts";
import type { Event } from "../schemas/event.ts";
import type { PageQuery } from "../schemas/page.ts";
import type { Database } from "../store/database.ts";
import type { EventRow } from "../store/event-rows.ts";
import { ANY, formatTag, knownTags } from "./entity-tags.ts";
import type { AppEnv } from "./env.ts";
import { linkTo } from "./next-link.ts";

/** Cloudflare D1, "Sessions": what is not of this form would stay with a session as it came. */
const BOOKMARK = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/;

/** What every listing answers: a page of `scope` as this reader sees it, or 304 for a copy that is still right. */
export async function answerListing(c: HonoContext<AppEnv>, scope: Scope, query: PageQuery) {
  const { copies } = c.get("context");
  const known = knownTags(c.req.header("If-None-Match"));
  const { result: page, bookmark } = await onReplica(c, (db) =>
    listEvents({ db, copies }, c.get("reader"), scope, query, known),
  );
  const headers: Record<string, string> = { ...cachedByTheReader(bookmark), ETag: formatTag(page.tag) };
  if (page.next !== undefined) headers["Link"] = linkTo(c.req.url, page.next);
  if (page.json === undefined || known.includes(ANY)) return c.body(null, 304, headers);
  return jsonText<Event[]>(c, page.json, headers);
}

/** One event, in the same shape as in a listing. */
export function answerEvent(c: HonoContext<AppEnv>, row: EventRow, bookmark: string | null) {
  return jsonText<Event>(c, eventJson(row), cachedByTheReader(bookmark));
}

/** A reader may keep the answer, and asks each time whether it is still right. */
function cachedByTheReader(bookmark: string | null): Record<string, string> {
  return {
    "Cache-Control": "private, no-cache",
    Vary: "Accept, Authorization, X-Escape-Token, Cookie",
    ...(bookmark !== null && { "x-d1-bookmark": bookmark }),
  };
}

/** On the nearest replica, or one as fresh as the request's bookmark; a bookmark that D1 refuses is done without. */
async function onReplica<Result>(
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
      if (error instanceof AppError) throw error; // overloaded: asking again would add to it
      log({ event: "bookmark_refused", request_id: c.get("requestId") });
    }
  }
  const db = openReplica();
  return { result: await query(db), bookmark: db.bookmark() };
}

/** For the typed client: an answer whose JSON `eventJson` made, in the shape that `Body` says. */
function jsonText<Body>(c: HonoContext<AppEnv>, json: string, headers: Record<string, string>) {
  const response: Response = c.body(json, 200, { ...headers, "Content-Type": "application/json" });
  return response as Response & TypedResponse<Body, 200, "json">;
}
