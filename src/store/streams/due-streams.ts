import { and, asc, eq, getTableColumns, isNull, lte, or, sql } from "drizzle-orm";
import type { Database } from "../database.ts";
import { streams } from "../tables/stream-tables.ts";
import { DELETED_TO, NEWEST_EVENT_ID, type StreamRow } from "./stream-rows.ts";

/** A stream that may send now. */
export interface DueStream extends StreamRow {
  /** The ID of the newest event, when this was read. */
  newest_id: number;
  /** Retention has deleted the events up to this ID. */
  deleted_to: number;
}

/**
 * Returns the enabled streams that are due and not leased. Healthy streams come first, and of these the stream that
 * moved the longest ago.
 */
export async function listDueStreams({ orm }: Database, now: number): Promise<DueStream[]> {
  return orm
    .select({
      ...getTableColumns(streams),
      newest_id: sql<number>`${sql.raw(NEWEST_EVENT_ID)}`.as("newest_id"),
      deleted_to: sql<number>`${sql.raw(DELETED_TO)}`.as("deleted_to"),
    })
    .from(streams)
    .where(
      and(
        eq(streams.enabled, true),
        lte(streams.next_attempt_at, now),
        or(isNull(streams.lease_token), lte(streams.lease_until, now)),
      ),
    )
    .orderBy(sql`${streams.failing_since} IS NOT NULL`, asc(streams.moved_at));
}
