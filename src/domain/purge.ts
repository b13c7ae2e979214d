import { DAY_MS } from "../lib/time.ts";
import type { Context } from "../context.ts";
import {
  purgeDeliveries,
  purgeHourlyStats,
  purgeIdempotencyKeys,
  purgeRecoveries,
  purgeSlackGates,
} from "../store/purge-rows.ts";
import type { Database } from "../store/database.ts";

const ROWS_A_STEP = 1_000;
const MAX_STEPS = 20;

type Purge = (db: Database, before: number, limit: number) => Promise<number>;

/** Tasks of the sweep, each on its own: one that fails leaves the others be. */
export const PURGES = {
  purge_keys: ({ db, now }: Context) => inSteps(purgeIdempotencyKeys, db, now()),
  /** Those that have stood open for a day. */
  purge_slack_gates: ({ db, now }: Context) => inSteps(purgeSlackGates, db, now() - DAY_MS),
  purge_deliveries: (context: Context) => inSteps(purgeDeliveries, context.db, retainedFrom(context)),
  purge_recoveries: (context: Context) => inSteps(purgeRecoveries, context.db, retainedFrom(context)),
  purge_hours: (context: Context) => inSteps(purgeHourlyStats, context.db, retainedFrom(context)),
};

/** DELIVERY_RETENTION_DAYS ago. A bad variable rejects the task. */
function retainedFrom({ now, config }: Context): number {
  return now() - config.deliveryRetentionDays * DAY_MS;
}

/** A step too few is made up for a minute later. */
async function inSteps(purge: Purge, db: Database, before: number): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step++) {
    if ((await purge(db, before, ROWS_A_STEP)) < ROWS_A_STEP) return;
  }
}
