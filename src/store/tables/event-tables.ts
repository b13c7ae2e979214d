import { blob, index, integer, primaryKey, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import type { EventType } from "../../schemas/event.ts";

// For all tables: a time is in milliseconds since 1970 unless its comment names another unit. AUTOINCREMENT never uses
// an ID twice, and D1 has one writer, so the order of IDs is the order of commits. A WITHOUT ROWID table stores its
// rows in the index of the primary key, so an inserted row costs one written row less. drizzle cannot declare WITHOUT
// ROWID, so the migration declares it.

/**
 * The recorded events. `json` is the event. The other columns are copies of the fields that SQL compares. The service
 * never changes or deletes a row.
 */
export const events = sqliteTable("events", {
  id: integer().primaryKey({ autoIncrement: true }),
  type: text().$type<EventType>().notNull(),
  /** Unix nanoseconds in decimal, as text: D1 returns integers as doubles, which would lose digits. */
  timestamp: text().notNull(),
  username: text(),
  /** When the service received the event. */
  recorded_at: integer().notNull(),
  /**
   * 32 random bytes that are hashed together with `json` for the log. Without these bytes, nobody can find out from the
   * log what the event says. So an operator erases an event from the log by setting this column to NULL.
   */
  opening: blob(),
  /** The event as every response serves it, byte for byte. `eventJsonAfterId` writes it. */
  json: text().notNull(),
});

/** A feed is what one group sees in one scope. A row is made when the first event goes into the feed. */
export const feeds = sqliteTable(
  "feeds",
  {
    id: integer().primaryKey(),
    /** The scope's path, such as `state/shop/production`, with percent-encoded names. */
    scope: text().notNull(),
    /**
     * `everyone`: events without `allowed_groups`. `auditors`: all events with `allowed_groups`. `group`: events that
     * name the group. The kind is a column so that a group called "auditors" is not mistaken for the auditors.
     */
    kind: text({ enum: ["everyone", "auditors", "group"] }).notNull(),
    /** The group's name; empty for the two other kinds. */
    name: text().notNull(),
  },
  (table) => [unique("feeds_scope_kind_name").on(table.scope, table.kind, table.name)],
);

/** The events of each feed: the inverted index behind every listing. WITHOUT ROWID. */
export const feedEntries = sqliteTable(
  "feed_entries",
  { feed_id: integer().notNull(), event_id: integer().notNull() },
  (table) => [primaryKey({ columns: [table.feed_id, table.event_id] })],
);

/**
 * The request that each `Idempotency-Key` belongs to. Of several concurrent requests with the same key, only one
 * records. WITHOUT ROWID.
 */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    /** The key that the producer sent, without quotes. */
    key: text().primaryKey(),
    /** The service makes it for the request that takes the key. No two requests have the same one. */
    request_id: text().notNull(),
    /** SHA-256 of the request's body. The same key with another body is a conflict. */
    body_hash: text().notNull(),
    /** The ID of the request's first event. The IDs of its other events follow without a gap. */
    first_event_id: integer().notNull(),
    /** From this time on, another request may take the key. */
    expires_at: integer().notNull(),
  },
  (table) => [index("idempotency_keys_expiry").on(table.expires_at)],
);
