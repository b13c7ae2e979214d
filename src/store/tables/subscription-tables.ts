import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { EventType } from "../../schemas/event.ts";
import type { SubscriptionType } from "../../schemas/subscription.ts";

/** The version of each project's set of subscriptions. A project without a row has never had a subscription. */
export const subscriptionSets = sqliteTable("subscription_sets", {
  project: text().primaryKey(),
  /** Counts the changes to the set. */
  version: integer().notNull(),
  /**
   * A UUID of the request that made this version. The other statements of that request check it. `''`: the service made
   * this version.
   */
  write_token: text().notNull(),
});

/** An endpoint of a project that receives its events. */
export const subscriptions = sqliteTable(
  "subscriptions",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    project: text().notNull(),
    type: text().$type<SubscriptionType>().notNull(),
    /** A secret, because whoever knows a Slack URL can post to it. Only owners may read the whole URL. */
    url: text().notNull(),
    slack_username: text(),
    slack_icon: text(),
    /** JSON array. NULL: all types. */
    event_types: text({ mode: "json" }).$type<EventType[]>(),
    /** JSON array of groups. The subscription may receive an event if one of these groups may see it. */
    allowed_groups: text({ mode: "json" }).$type<string[]>().notNull(),
    /**
     * A JSON object with a member for each of `allowed_groups`. The member's name is the group's key (`group-keys.ts`), so
     * that recording can look up a group by a JSON path.
     */
    allowed_group_keys: text().notNull().default("{}"),
    enabled: integer({ mode: "boolean" }).notNull(),
    disabled_reason: text(),
    disabled_at: integer(),
    /**
     * When an owner last enabled the subscription again. Deliveries that were attempted before this time begin their
     * schedule again.
     */
    reenabled_at: integer(),
    /** When the unbroken run of failed attempts began; NULL after a success. */
    failing_since: integer(),
    consecutive_failures: integer().notNull().default(0),
    /**
     * The state of the breaker. NULL: it is closed. Otherwise it is open, and only the delivery with this ID, the
     * probe, is attempted. 0 only within a transaction that chooses a probe.
     */
    probe_delivery_id: integer(),
    /** How many probes have failed since the breaker opened. */
    failed_probes: integer().notNull().default(0),
    /**
     * How the held deliveries are released when the breaker closes: `resume` keeps their schedules, `restart` begins
     * them again. NULL: nothing is to be released.
     */
    release_mode: text({ enum: ["resume", "restart"] }),
    /** When the sweep last released deliveries of the subscription, or tried to. */
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
    // Contains only subscriptions whose held deliveries can be released now, so that the sweep does not read the
    // others.
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

/** Deleted subscriptions whose deliveries the sweep must still cancel. */
export const deletedSubscriptions = sqliteTable("deleted_subscriptions", {
  id: integer().primaryKey(),
  /** When the sweep last cancelled deliveries of the subscription, or tried to. */
  last_swept_at: integer().notNull().default(0),
});

/** Limits the messages that all consumers together send to a Slack URL. WITHOUT ROWID. */
export const slackGates = sqliteTable("slack_gates", {
  /** The URL as it is requested, without a fragment. Subscriptions of several projects may have the same URL. */
  url: text().primaryKey(),
  /** The earliest time at which another message may be sent. */
  next_send_at: integer().notNull(),
  /** The end of the longest Retry-After that Slack sent. No message is sent before this time. */
  closed_until: integer().notNull().default(0),
});

/**
 * The results of each subscription's attempts, for each hour (UTC). The `latency_…` columns are a histogram: each
 * column counts the responses up to its limit and above the limit of the previous column. WITHOUT ROWID.
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
