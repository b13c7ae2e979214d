import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { ATTEMPT_OUTCOMES, DELIVERY_STATES } from "../../schemas/delivery.ts";
import { RECOVERABLE } from "../../schemas/recovery.ts";

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
      .on(table.project, table.sweep_at)
      .where(sql`state = 'pending'`),
    index("deliveries_subscription").on(table.subscription_id, table.state, table.id),
    index("deliveries_project").on(table.project, table.state, table.id),
    uniqueIndex("deliveries_event").on(table.event_id, table.subscription_id),
    index("deliveries_held")
      .on(table.subscription_id, table.next_attempt_at)
      .where(sql`state = 'held'`),
    index("deliveries_settled")
      .on(table.settled_at)
      .where(sql`settled_at IS NOT NULL`),
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

/** Jobs that put past events on their way to a subscription once more, in steps of the sweep. */
export const recoveries = sqliteTable(
  "recoveries",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    project: text().notNull(),
    subscription_id: integer().notNull(),
    which: text({ enum: RECOVERABLE }).notNull(),
    from_event_id: integer().notNull(),
    /** The newest event when the job was made. */
    to_event_id: integer().notNull(),
    /** The last that was looked at: an event, or where `which` is failed, a delivery. */
    cursor: integer().notNull(),
    recovered: integer().notNull().default(0),
    created_at: integer().notNull(),
    finished_at: integer(),
    /** When the sweep last took it a step further, or tried to. */
    turn_at: integer().notNull().default(0),
  },
  (table) => [
    index("recoveries_running")
      .on(table.subscription_id)
      .where(sql`finished_at IS NULL`),
  ],
);
