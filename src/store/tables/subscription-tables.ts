import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { EventType } from "../../schemas/event.ts";
import type { SubscriptionType } from "../../schemas/subscription.ts";

/** The version of each project's set of subscriptions. A project without a row has never had a subscription. */
export const subscriptionSets = sqliteTable("subscription_sets", {
  project: text().primaryKey(),
  /** Counts the changes to the set. */
  version: integer().notNull(),
  /** The UUID of the request that made this version, and that its other statements check. `''`: the service made it. */
  write_token: text().notNull(),
});

/** An endpoint of a project that receives its events. */
export const subscriptions = sqliteTable(
  "subscriptions",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    project: text().notNull(),
    type: text().$type<SubscriptionType>().notNull(),
    /** A secret: whoever knows a Slack URL can post to it. Only owners may read it whole. */
    url: text().notNull(),
    slack_username: text(),
    slack_icon: text(),
    /** JSON array. NULL: all types. */
    event_types: text({ mode: "json" }).$type<EventType[]>(),
    /** JSON array of groups. The subscription may receive what one of them may see. */
    allowed_groups: text({ mode: "json" }).$type<string[]>().notNull(),
    /** JSON object with a member for the group key of each of `allowed_groups`: recording looks groups up by path. */
    allowed_group_keys: text().notNull().default("{}"),
    enabled: integer({ mode: "boolean" }).notNull(),
    disabled_reason: text(),
    disabled_at: integer(),
    /** When an owner last enabled it again. Deliveries attempted before this time begin their schedule again. */
    reenabled_at: integer(),
    /** When the unbroken run of failed attempts began; NULL after a success. */
    failing_since: integer(),
    consecutive_failures: integer().notNull().default(0),
    /**
     * The breaker. NULL: it is closed. Otherwise it is open, and only this delivery, the probe, is attempted. 0 only
     * within a transaction that chooses a probe.
     */
    probe_delivery_id: integer(),
    /** How many probes have failed since the breaker opened. */
    failed_probes: integer().notNull().default(0),
    /**
     * How the held deliveries are released when the breaker closes: `resume` keeps their schedules, `restart` begins
     * them again. NULL: nothing is to be released.
     */
    release_mode: text({ enum: ["resume", "restart"] }),
    /** When the sweep last released its deliveries, or tried to. */
    last_swept_at: integer().notNull().default(0),
    signing_secret: text().notNull(),
    /** JSON array of the replaced secrets that still sign, newest first. */
    previous_secrets: text({ mode: "json" })
      .$type<PreviousSecret[]>()
      .notNull()
      .default(sql`'[]'`),
    created_at: integer().notNull(),
  },
  (table) => [
    index("subscriptions_project").on(table.project, table.id),
    // Only subscriptions whose held deliveries can be released now, so that the sweep does not read the others.
    index("subscriptions_releasing")
      .on(table.last_swept_at)
      .where(sql`release_mode IS NOT NULL AND enabled AND probe_delivery_id IS NULL`),
  ],
);

export interface PreviousSecret {
  secret: string;
  /** Milliseconds since 1970. */
  expires_at: number;
}

/** Deleted subscriptions whose deliveries the sweep has still to cancel. */
export const deletedSubscriptions = sqliteTable("deleted_subscriptions", {
  id: integer().primaryKey(),
  /** When the sweep last cancelled its deliveries, or tried to. */
  last_swept_at: integer().notNull().default(0),
});

/** Limits the messages that all consumers together send to a Slack URL. WITHOUT ROWID. */
export const slackGates = sqliteTable("slack_gates", {
  /** As it is requested, without a fragment. Subscriptions of several projects may have the same URL. */
  url: text().primaryKey(),
  /** The first time that is free for another message. */
  next_send_at: integer().notNull(),
  /** The end of the longest Retry-After that Slack sent. No message is sent before. */
  closed_until: integer().notNull().default(0),
});

/**
 * The results of each subscription's attempts, for each hour (UTC). The `latency_…` columns are a histogram: each
 * counts the responses within its limit, but above the limit of the column before. WITHOUT ROWID.
 */
export const subscriptionStatsHourly = sqliteTable(
  "subscription_stats_hourly",
  {
    /** The time at which the hour began. */
    hour: integer().notNull(),
    subscription_id: integer().notNull(),
    /** Deliveries that succeeded. */
    delivered: integer().notNull(),
    /** Attempts that failed and will be made again. */
    retried: integer().notNull(),
    /** Deliveries that failed for good. */
    failed: integer().notNull(),
    latency_up_to_20_ms: integer().notNull(),
    latency_up_to_50_ms: integer().notNull(),
    latency_up_to_100_ms: integer().notNull(),
    latency_up_to_200_ms: integer().notNull(),
    latency_up_to_500_ms: integer().notNull(),
    latency_up_to_1000_ms: integer().notNull(),
    latency_up_to_2000_ms: integer().notNull(),
    latency_up_to_5000_ms: integer().notNull(),
    latency_up_to_10000_ms: integer().notNull(),
    latency_over_10000_ms: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.hour, table.subscription_id] })],
);
