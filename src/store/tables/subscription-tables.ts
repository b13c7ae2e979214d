import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { EventType } from "../../schemas/event.ts";
import type { SubscriptionType } from "../../schemas/subscription.ts";

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
    /** The same groups for the matching, as a JSON object whose members are their keys. */
    group_keys: text().notNull().default("{}"),
    enabled: integer({ mode: "boolean" }).notNull(),
    disabled_reason: text(),
    disabled_at: integer(),
    /** When the unbroken run of failed attempts began; NULL after a success. */
    failing_since: integer(),
    consecutive_failures: integer().notNull().default(0),
    signing_secret: text().notNull(),
    created_at: integer().notNull(),
    /**
     * The breaker. NULL: closed. Else it is open, and this delivery alone is attempted: the probe. 0 within a
     * transaction that is about to choose one.
     */
    probe_id: integer(),
    /** Since the breaker opened. */
    failed_probes: integer().notNull().default(0),
    /** What is still held from before it opened again is to be released: as it stands, or with a fresh schedule. */
    releasing: text({ enum: ["resume", "restart"] }),
    /** Still signing beside `signing_secret`, newest first. */
    retired_secrets: text({ mode: "json" })
      .$type<RetiredSecret[]>()
      .notNull()
      .default(sql`'[]'`),
    /** When an owner last enabled it after it was disabled: what was attempted before has a fresh schedule. */
    revived_at: integer(),
    /** When the sweep last released something of it. */
    turn_at: integer().notNull().default(0),
  },
  (table) => [
    index("subscriptions_project").on(table.project, table.id),
    // Only those whose held deliveries can be released now: the others would be in the way of these.
    index("subscriptions_releasing")
      .on(table.turn_at)
      .where(sql`releasing IS NOT NULL AND enabled AND probe_id IS NULL`),
  ],
);

export interface RetiredSecret {
  secret: string;
  /** Milliseconds since 1970. */
  expires_at: number;
}

/** Those whose deliveries the sweep has still to cancel. `turn_at` is when it last did so. */
export const deletedSubscriptions = sqliteTable("deleted_subscriptions", {
  id: integer().primaryKey(),
  turn_at: integer().notNull().default(0),
});

/**
 * When the next message may go to a Slack URL, as the network sees it and whoever sends it; and until when Slack asked to
 * send none. WITHOUT ROWID.
 */
export const slackGates = sqliteTable("slack_gates", {
  url: text().primaryKey(),
  next_at: integer().notNull(),
  closed_until: integer().notNull().default(0),
});

/**
 * What became of a subscription's attempts, hour by hour (`hour` is its start). A `ms_…` column counts the attempts that
 * were answered within so many milliseconds, and not within the column before. WITHOUT ROWID.
 */
export const subscriptionHours = sqliteTable(
  "subscription_hours",
  {
    hour: integer().notNull(),
    subscription_id: integer().notNull(),
    /** Deliveries that arrived, attempts that will be made again, deliveries that failed for good. */
    delivered: integer().notNull(),
    retried: integer().notNull(),
    failed: integer().notNull(),
    ms_20: integer().notNull(),
    ms_50: integer().notNull(),
    ms_100: integer().notNull(),
    ms_200: integer().notNull(),
    ms_500: integer().notNull(),
    ms_1000: integer().notNull(),
    ms_2000: integer().notNull(),
    ms_5000: integer().notNull(),
    ms_10000: integer().notNull(),
    ms_more: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.hour, table.subscription_id] })],
);
