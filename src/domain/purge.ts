import type { Context } from "../context.ts";
import { purgeIdempotencyKeys } from "../store/events/idempotency.ts";
import { purgeDeliveries } from "../store/deliveries/purge-deliveries.ts";
import { purgeRecoveries } from "../store/deliveries/recoveries.ts";
import { purgeSlackGates } from "../store/deliveries/slack-gates.ts";
import { purgeHours } from "../store/subscriptions/subscription-hours.ts";
import type { Database } from "../store/database.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const ROWS_A_STEP = 1_000;
const MAX_STEPS = 20;

/** Forgets idempotency keys that have expired, and Slack's gates that have stood open for a day. */
export async function purgeExpired({ db, now }: Context): Promise<void> {
  await inSteps(purgeIdempotencyKeys, db, now());
  await inSteps(purgeSlackGates, db, now() - DAY_MS);
}

/** Forgets what was settled DELIVERY_RETENTION_DAYS ago, and the counters of that time. */
export async function purgeHistory({ db, now, config }: Context): Promise<void> {
  const before = now() - config.deliveryRetentionDays * DAY_MS;
  for (const purge of [purgeDeliveries, purgeRecoveries, purgeHours]) await inSteps(purge, db, before);
}

/** A step too few is made up for a minute later. */
async function inSteps(
  purge: (db: Database, before: number, limit: number) => Promise<number>,
  db: Database,
  before: number,
): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step++) {
    if ((await purge(db, before, ROWS_A_STEP)) < ROWS_A_STEP) return;
  }
}
