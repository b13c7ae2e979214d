import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { StreamAction, StreamChangeDetails } from "../../schemas/stream-change.ts";
import type { StreamKind } from "../../schemas/stream-destinations.ts";
import type { StreamListing } from "../../schemas/stream-listing.ts";
import type { StreamFormat } from "../../schemas/stream.ts";

// Streams. A stream sends a listing, in the order of IDs, to a system that keeps logs. A stream is one row, and there
// is no row for an event or for a batch.

/** The streams, at most 50. */
export const streams = sqliteTable("streams", {
  id: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull(),
  kind: text().$type<StreamKind>().notNull(),
  /** A JSON object: the destination without its secret. */
  destination: text({ mode: "json" }).$type<Record<string, unknown>>().notNull(),
  /** The secret of the destination. It is never returned. */
  secret: text().notNull(),
  format: text().$type<StreamFormat>().notNull(),
  /** A JSON object: the filters of the listing. */
  listing: text({ mode: "json" }).$type<StreamListing>().notNull(),
  /** JSON array of groups. NULL: the stream carries every event, as an auditor sees them. */
  allowed_groups: text({ mode: "json" }).$type<string[]>(),
  enabled: integer({ mode: "boolean" }).notNull(),
  created_at: integer().notNull(),
  /** Counts the changes by operators, for `ETag` and `If-Match`. */
  version: integer().notNull().default(1),
  /**
   * The position of the stream, which is `after` in the API. Each event of the stream up to this ID has arrived, was
   * skipped, or was recorded before the stream began.
   */
  after_id: integer().notNull(),
  /** When `after_id` was last set. */
  moved_at: integer().notNull(),
  /**
   * The batch that is sent next, or may have been sent without a known result: its first and last event, their number,
   * and its `webhook-id`. They are stored before the batch is sent, so that the same batch is sent again. NULL: there
   * is no such batch.
   */
  batch_first_id: integer(),
  batch_last_id: integer(),
  batch_events: integer(),
  batch_webhook_id: text(),
  /** The largest size of a batch, in bytes before compression. A 413 lowers it, and each success raises it again. */
  max_batch_bytes: integer().notNull(),
  /** The attempts that have failed since the last success, or since an operator last changed or resumed the stream. */
  failures: integer().notNull().default(0),
  /** When the first attempt since the last success failed. NULL: the last attempt succeeded, or there was none. */
  failing_since: integer(),
  /** The next attempt does not begin before this time. */
  next_attempt_at: integer().notNull(),
  last_success_at: integer(),
  /**
   * Why the last attempt failed, or a notice about a batch that arrived, as a text for people. NULL: the last attempt
   * succeeded without a notice, or there was none.
   */
  last_error: text(),
  /** The event that the receiver has refused. It is the only event of the stored batch. */
  refused_event_id: integer(),
  /** The token of the invocation that sends the stream now. NULL: none does, or an operator has revoked the lease. */
  lease_token: text(),
  lease_until: integer().notNull().default(0),
});

/** What operators did to streams. The rows stay after the stream was deleted. */
export const streamChanges = sqliteTable("stream_changes", {
  id: integer().primaryKey({ autoIncrement: true }),
  stream_id: integer().notNull(),
  at: integer().notNull(),
  /** The name of the operator. NULL: the operator's token had no name. */
  by: text(),
  action: text().$type<StreamAction>().notNull(),
  /** A JSON object that never holds a secret. */
  details: text({ mode: "json" }).$type<StreamChangeDetails>().notNull(),
});
