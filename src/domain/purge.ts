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

/** Tasks of the sweep that delete old rows. */
export const PURGES = {
  purge_keys: ({ db, now }: Context) => inSteps(purgeIdempotencyKeys, db, now()),
  /** Gates that were not used in the last day. */
  purge_slack_gates: ({ db, now }: Context) => inSteps(purgeSlackGates, db, now() - DAY_MS),
  purge_deliveries: (context: Context) => inSteps(purgeDeliveries, context.db, retainedFrom(context)),
  purge_recoveries: (context: Context) => inSteps(purgeRecoveries, context.db, retainedFrom(context)),
  purge_hours: (context: Context) => inSteps(purgeHourlyStats, context.db, retainedFrom(context)),
};

/** @throws AppError `misconfigured` if DELIVERY_RETENTION_DAYS is bad: the task then deletes nothing. */
function retainedFrom({ now, config }: Context): number {
  return now() - config.deliveryRetentionDays * DAY_MS;
}

/** The steps are limited. The next sweep deletes the other rows. */
async function inSteps(purge: Purge, db: Database, before: number): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step++) {
    if ((await purge(db, before, ROWS_A_STEP)) < ROWS_A_STEP) return;
  }
}
