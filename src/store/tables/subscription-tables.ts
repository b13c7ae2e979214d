import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { EventType } from "../../schemas/event.ts";
import type { SubscriptionType } from "../../schemas/subscription.ts";

/** The version of each project's set of subscriptions. A project without a row has never had any. */
export const subscriptionSets = sqliteTable("subscription_sets", {
  project: text().primaryKey(),
  /** Counts the changes to the set. */
  version: integer().notNull(),
  /** UUID of the request that made this version, so that it can guard its other statements; `''`: the service did. */
  write_token: text().notNull(),
});

/** An endpoint of a project that receives its events. */
export const subscriptions = sqliteTable(
  "subscriptions",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    project: text().notNull(),
    type: text().$type<SubscriptionType>().notNull(),
    /** Is a secret, as a Slack URL always is: only owners may read it whole. */
    url: text().notNull(),
    slack_username: text(),
    slack_icon: text(),
    /** JSON array. NULL: all types. */
    event_types: text({ mode: "json" }).$type<EventType[]>(),
    /** JSON array of the groups on whose behalf it receives events: what one of them may see, it may receive. */
    allowed_groups: text({ mode: "json" }).$type<string[]>().notNull(),
    /**
     * A JSON object whose members are the keys of `allowed_groups`, for the lookup by path when events are recorded.
     */
    allowed_group_keys: text().notNull().default("{}"),
    enabled: integer({ mode: "boolean" }).notNull(),
    disabled_reason: text(),
    disabled_at: integer(),
    /** When an owner last enabled it after it had been disabled. What was attempted before has a fresh schedule. */
    reenabled_at: integer(),
    /** When the unbroken run of failed attempts began; NULL after a success. */
    failing_since: integer(),
    consecutive_failures: integer().notNull().default(0),
    /**
     * The breaker. NULL: it is closed. Otherwise it is open, and this delivery is the only one that is attempted: the
     * probe. 0 only within a transaction that chooses a probe.
     */
    probe_delivery_id: integer(),
    /** How many probes have failed since the breaker opened. */
    failed_probes: integer().notNull().default(0),
    /**
     * How the held deliveries are released when the breaker closes: `resume` keeps their schedules, `restart` begins
     * them again. NULL: nothing is to be released.
     */
    release_mode: text({ enum: ["resume", "restart"] }),
    /** When the sweep last released deliveries of it, or tried to. */
    last_swept_at: integer().notNull().default(0),
    signing_secret: text().notNull(),
    /** JSON array: secrets that still sign beside `signing_secret`, newest first. */
    previous_secrets: text({ mode: "json" })
      .$type<PreviousSecret[]>()
      .notNull()
      .default(sql`'[]'`),
    created_at: integer().notNull(),
  },
  (table) => [
    index("subscriptions_project").on(table.project, table.id),
    // Only those whose held deliveries can be released now: the sweep must not step over all others.
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
  /** When the sweep last cancelled deliveries of it, or tried to. */
  last_swept_at: integer().notNull().default(0),
});

/** Keeps all consumers together under Slack's rate limit for a URL. WITHOUT ROWID. */
export const slackGates = sqliteTable("slack_gates", {
  /** As the network sees it, without a fragment: subscriptions of several projects may share it. */
  url: text().primaryKey(),
  /** The first time that no message has been given yet. */
  next_send_at: integer().notNull(),
  /** Slack asked to send nothing before: the largest Retry-After. */
  closed_until: integer().notNull().default(0),
});

/**
 * What became of each subscription's attempts, hour by hour (UTC). The `latency_…` columns are a histogram: each counts
 * the responses that came within its limit but not within the limit of the column before. WITHOUT ROWID.
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
