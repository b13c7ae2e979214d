import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, unique, uniqueIndex } from "drizzle-orm/sqlite-core";
import { ATTEMPT_OUTCOMES, DELIVERY_STATES } from "../schemas/delivery.ts";
import type { EventType } from "../schemas/event.ts";
import type { SubscriptionType } from "../schemas/subscription.ts";

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

/** One row a project that ever had subscriptions: `version` counts the changes to its set, `writer` made the last. */
export const subscriptionSets = sqliteTable("subscription_sets", {
  project: text().primaryKey(),
  version: integer().notNull(),
  writer: text().notNull(),
});

export const subscriptions = sqliteTable(
  "subscriptions",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    project: text().notNull(),
    type: text().$type<SubscriptionType>().notNull(),
    url: text().notNull(),
    slack_username: text(),
    slack_icon: text(),
    event_types: text({ mode: "json" }).$type<EventType[]>(),
    allowed_groups: text({ mode: "json" }).$type<string[]>().notNull(),
    enabled: integer({ mode: "boolean" }).notNull(),
    disabled_reason: text(),
    disabled_at: integer(),
    /** When the unbroken run of failed attempts began; NULL after a success. */
    failing_since: integer(),
    consecutive_failures: integer().notNull().default(0),
    signing_secret: text().notNull(),
    created_at: integer().notNull(),
  },
  (table) => [index("subscriptions_project").on(table.project, table.id)],
);

/**
 * One event for one subscription. `attempts` counts claims; `schedule_from` is its value when the current run of
 * RETRY_SCHEDULE began. `sweep_at` is when the sweep shall send the hint again: past the next attempt, the queue's own
 * delay and any lease.
 */
export const deliveries = sqliteTable(
  "deliveries",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    event_id: integer().notNull(),
    subscription_id: integer().notNull(),
    project: text().notNull(),
    state: text({ enum: DELIVERY_STATES }).notNull(),
    attempts: integer().notNull().default(0),
    schedule_from: integer().notNull().default(0),
    next_attempt_at: integer().notNull(),
    sweep_at: integer().notNull(),
    lease_token: text(),
    lease_until: integer(),
    created_at: integer().notNull(),
    settled_at: integer(),
  },
  (table) => [
    index("deliveries_sweep")
      .on(table.sweep_at)
      .where(sql`state = 'pending'`),
    index("deliveries_subscription").on(table.subscription_id, table.state, table.id),
    index("deliveries_project").on(table.project, table.state, table.id),
    uniqueIndex("deliveries_event").on(table.event_id, table.subscription_id),
  ],
);

/** WITHOUT ROWID. `response` is the first KiB of the answer. */
export const attempts = sqliteTable(
  "attempts",
  {
    delivery_id: integer().notNull(),
    number: integer().notNull(),
    started_at: integer().notNull(),
    duration_ms: integer(),
    outcome: text({ enum: ATTEMPT_OUTCOMES }).notNull(),
    status: integer(),
    reason: text(),
    response: text(),
    next_attempt_at: integer(),
  },
  (table) => [primaryKey({ columns: [table.delivery_id, table.number] })],
);
