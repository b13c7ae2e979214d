import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { MOVE_PHASES } from "../../schemas/archive.ts";

// The archive: the oldest events, in segments in the bucket `ARCHIVE`. D1 keeps a row for each segment, and a row for
// each long list of a feed's events in a segment. So the number of rows that a listing reads does not depend on the
// number of segments.

/**
 * Where the archive begins and ends, and how many events there are: one row with ID 1. If there is no row, all values
 * count as 0.
 */
export const archiveState = sqliteTable("archive_state", {
  id: integer().primaryKey(),
  /**
   * Listings read the events up to this ID from the archive, and the events above it from D1. Rows of D1 up to this ID
   * are about to be deleted.
   */
  boundary: integer().notNull().default(0),
  /**
   * Retention has deleted all events up to this ID. Their rows and objects are about to be deleted. Below the boundary,
   * it is the last ID of a segment.
   */
  deleted_to: integer().notNull().default(0),
  /** The highest level of D1's size that was reported, in per cent of its limit. 0: none. */
  warned_percent: integer().notNull().default(0),
  /** The number of events up to `counted_to` that were ever recorded. */
  recorded: integer().notNull().default(0),
  /** The sweep has counted the events up to this ID. */
  counted_to: integer().notNull().default(0),
  /** The number of events that retention has deleted. */
  deleted: integer().notNull().default(0),
  /** This round deletes entries of feeds, and rows of the directory, up to this event ID. */
  purging_to: integer().notNull().default(0),
  /** This round is done with the feeds up to this ID. NULL: the round has ended. */
  purged_feed: integer(),
});

/** The segments of the archive. */
export const archiveSegments = sqliteTable("archive_segments", {
  first_event_id: integer().primaryKey(),
  last_event_id: integer().notNull(),
  /** The number of events. */
  events: integer().notNull(),
  /**
   * JSON: `[ID, position]` of the first event of each run of consecutive IDs. The position of an event counts from 0 at
   * the segment's first event. An ID that is skipped begins a new run.
   */
  runs: text().notNull(),
  /** The bytes of all objects of the segment. */
  bytes: integer().notNull(),
  /** The latest `recorded_at` of the events. */
  recorded_to: integer().notNull(),
});

/** The directory: where the list of a feed's events in a segment is, unless the list is short. WITHOUT ROWID. */
export const archiveDirectory = sqliteTable(
  "archive_directory",
  {
    feed_id: integer().notNull(),
    /** The feed's first event in the segment. */
    first_event_id: integer().notNull(),
    /** The feed's last event in the segment. */
    last_event_id: integer().notNull(),
    /** The `first_event_id` of the segment. */
    segment: integer().notNull(),
    /** The number of the feed's events in the segment. */
    events: integer().notNull(),
    /** The first byte of the list in the object of postings. */
    start: integer().notNull(),
    /** The length of the list in bytes. */
    bytes: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.feed_id, table.first_event_id] })],
);

/** The move of one segment: one row with ID 1 while a segment is moved. */
export const archiveMove = sqliteTable("archive_move", {
  id: integer().primaryKey(),
  first_event_id: integer().notNull(),
  last_event_id: integer().notNull(),
  events: integer().notNull(),
  phase: text({ enum: MOVE_PHASES }).notNull(),
  /** How far the phase has come. Each phase counts in its own way. */
  progress: integer().notNull().default(0),
  /** The token of the invocation that works on the move. NULL: none does. */
  lease_token: text(),
  lease_until: integer(),
});
