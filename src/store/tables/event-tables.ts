import { index, integer, primaryKey, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import type { EventType } from "../../schemas/event.ts";

// Times are milliseconds since 1970 unless a name says otherwise. `id`s come from AUTOINCREMENT: never used twice.

/** `timestamp` is Unix nanoseconds as text: D1 hands integers out as doubles. `data` is JSON text, served as it is. */
export const events = sqliteTable("events", {
  id: integer().primaryKey({ autoIncrement: true }),
  type: text().$type<EventType>().notNull(),
  timestamp: text().notNull(),
  username: text(),
  inventory_project: text(),
  inventory_application: text(),
  inventory_version: text(),
  state_project: text(),
  state_environment: text(),
  state_deployment: text(),
  allowed_groups: text(),
  data: text(),
});

/** A feed is what one group sees in one scope. `kind` keeps a group's name from posing as the other two. */
export const feeds = sqliteTable(
  "feeds",
  {
    id: integer().primaryKey(),
    scope: text().notNull(),
    kind: text({ enum: ["everyone", "auditors", "group"] }).notNull(),
    name: text().notNull(),
  },
  (table) => [unique("feeds_scope_kind_name").on(table.scope, table.kind, table.name)],
);

/** The inverted index behind every listing. WITHOUT ROWID: drizzle cannot say it, so the migration does. */
export const feedEntries = sqliteTable(
  "feed_entries",
  { feed_id: integer().notNull(), event_id: integer().notNull() },
  (table) => [primaryKey({ columns: [table.feed_id, table.event_id] })],
);

/** Which request a key belongs to, so that of several at once one records. WITHOUT ROWID. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    key: text().primaryKey(),
    request_id: text().notNull(),
    body_hash: text().notNull(),
    first_event_id: integer().notNull(),
    expires_at: integer().notNull(),
  },
  (table) => [index("idempotency_keys_expiry").on(table.expires_at)],
);
