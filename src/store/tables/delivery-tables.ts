import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { ATTEMPT_OUTCOMES, DELIVERY_STATES } from "../../schemas/delivery.ts";
import { RECOVERABLE } from "../../schemas/recovery.ts";

/**
 * The delivery of one event to one subscription. The sweep deletes the row DELIVERY_RETENTION_DAYS after the delivery
 * was settled.
 */
export const deliveries = sqliteTable(
  "deliveries",
  {
    /** The `webhook-id` of all its attempts is `msg_` and this ID. */
    id: integer().primaryKey({ autoIncrement: true }),
    event_id: integer().notNull(),
    /** The subscription may have been deleted. */
    subscription_id: integer().notNull(),
    /** The subscription's project. */
    project: text().notNull(),
    /** `held`: the subscription is disabled or its breaker is open. Only `pending` deliveries are attempted. */
    state: text({ enum: DELIVERY_STATES }).notNull(),
    /** The number of claims, which is also the number of the newest attempt. */
    attempts: integer().notNull().default(0),
    /** The value of `attempts` when the current run through RETRY_SCHEDULE began. */
    attempts_before_schedule: integer().notNull().default(0),
    /** The next attempt does not begin before this time. The value has no meaning for a settled delivery. */
    next_attempt_at: integer().notNull(),
    /**
     * When the sweep sends a new hint, if the delivery is still pending. This is never before the next attempt is due,
     * and never before a lease has ended.
     */
    sweep_at: integer().notNull(),
    /**
     * The token of the consumer that attempts the delivery now. NULL: there is no lease. `''`: the lease was revoked,
     * so its consumer may not settle the delivery.
     */
    lease_token: text(),
    lease_until: integer(),
    created_at: integer().notNull(),
    /** When it was delivered, failed or cancelled. NULL while it is pending or held. */
    settled_at: integer(),
  },
  (table) => [
    // For the sweep, project by project. Held deliveries are left out, because many of them would fill each sweep.
    index("deliveries_sweep")
      .on(table.project, table.sweep_at)
      .where(sql`state = 'pending'`),
    index("deliveries_subscription").on(table.subscription_id, table.state, table.id),
    index("deliveries_project").on(table.project, table.state, table.id),
    uniqueIndex("deliveries_event").on(table.event_id, table.subscription_id),
    // For releases and probes, in the order in which the deliveries are due.
    index("deliveries_held")
      .on(table.subscription_id, table.next_attempt_at)
      .where(sql`state = 'held'`),
    // For the purge.
    index("deliveries_settled")
      .on(table.settled_at)
      .where(sql`settled_at IS NOT NULL`),
  ],
);

/** The attempts that have ended. They are deleted with their delivery. WITHOUT ROWID. */
export const attempts = sqliteTable(
  "attempts",
  {
    delivery_id: integer().notNull(),
    /** Counts from 1, and continues when the delivery is sent again. */
    number: integer().notNull(),
    started_at: integer().notNull(),
    /** NULL if no consumer measured it, as for `lost`. */
    duration_ms: integer(),
    /** `lost`: the consumer stopped before it recorded a result. A later result replaces it. */
    outcome: text({ enum: ATTEMPT_OUTCOMES }).notNull(),
    /** The status of the HTTP response. NULL: there was none. */
    status: integer(),
    /** Why nothing was delivered, as a text for people. */
    reason: text(),
    /** The first KiB of the response's body. */
    response: text(),
    /**
     * When the next attempt was due, by RETRY_SCHEDULE or the receiver's Retry-After. NULL: no attempt was to follow.
     */
    next_attempt_at: integer(),
  },
  (table) => [primaryKey({ columns: [table.delivery_id, table.number] })],
);

/** A job that sends past events to a subscription again, step by step. */
export const recoveries = sqliteTable(
  "recoveries",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    project: text().notNull(),
    subscription_id: integer().notNull(),
    /** `failed`: events whose delivery has failed; `all`: also those that were delivered, or never sent. */
    selection: text({ enum: RECOVERABLE }).notNull(),
    from_event_id: integer().notNull(),
    /** The newest event when the job was created. */
    to_event_id: integer().notNull(),
    /** The last event that the job has handled; with selection `failed`, the last delivery. */
    cursor: integer().notNull(),
    /** The number of deliveries that the job made pending or held. */
    recovered: integer().notNull().default(0),
    created_at: integer().notNull(),
    /** NULL while the job runs. */
    finished_at: integer(),
    /** When the sweep last did a step of the job, or tried to. The job with the earliest time comes next. */
    last_swept_at: integer().notNull().default(0),
  },
  (table) => [
    index("recoveries_running")
      .on(table.subscription_id)
      .where(sql`finished_at IS NULL`),
  ],
);
