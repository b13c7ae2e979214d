import { asc, desc, eq, gt, lt } from "drizzle-orm";
import type { Database } from "../database.ts";
import { streamChanges, streams } from "../tables/stream-tables.ts";

/** A stream, with its secret. */
export type StreamRow = typeof streams.$inferSelect;
export type StreamChangeRow = typeof streamChanges.$inferSelect;

/** All streams, in order of creation. */
export async function listStreams({ orm }: Database): Promise<StreamRow[]> {
  return orm.select().from(streams).orderBy(asc(streams.id));
}

export async function findStream({ orm }: Database, id: number): Promise<StreamRow | undefined> {
  return orm.select().from(streams).where(eq(streams.id, id)).get();
}

/** The changes before an ID, newest first, or after an ID, oldest first. */
export async function listStreamChanges(
  { orm }: Database,
  cursor: { before: number } | { after: number },
  limit: number,
): Promise<StreamChangeRow[]> {
  const { id } = streamChanges;
  const [condition, order] = "before" in cursor ? [lt(id, cursor.before), desc(id)] : [gt(id, cursor.after), asc(id)];
  return orm.select().from(streamChanges).where(condition).orderBy(order).limit(limit);
}

/** SQL: the ID of the newest event; 0 if there is none. */
export const NEWEST_EVENT_ID = `coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)`;
/** SQL: retention has deleted the events up to this ID. */
export const DELETED_TO = `coalesce((SELECT deleted_to FROM archive_state WHERE id = 1), 0)`;

/** The events that a stream can send: those above `deletedTo`, up to `newestId`. */
export interface EventRange {
  deletedTo: number;
  newestId: number;
}

export async function findEventRange(db: Database): Promise<EventRange> {
  const { results } = await db
    .prepare(`SELECT ${NEWEST_EVENT_ID} AS newestId, ${DELETED_TO} AS deletedTo`)
    .all<EventRange>();
  return results[0] ?? { newestId: 0, deletedTo: 0 };
}
