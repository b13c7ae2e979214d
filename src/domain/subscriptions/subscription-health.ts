import { DAY_MS } from "../../lib/time.ts";
import type { Context } from "../../context.ts";
import { LATENCY_LIMITS_MS, listDailyCounts, type DayCounts } from "../../store/subscriptions/hourly-statistics.ts";

const DAYS = 7;

/** Attempts by their result: delivered, to be retried, failed permanently. */
export type AttemptCounts = Pick<DayCounts, "delivered" | "retried" | "failed">;

/** The results of a subscription's attempts in the last seven days, today included. */
export interface SubscriptionHealth {
  /** The oldest day first. `day` is the start of the day (UTC), in milliseconds since 1970. */
  days: (AttemptCounts & { day: number })[];
  total: AttemptCounts;
  p50: Latency;
  p95: Latency;
}

/**
 * A percentile of the receiver's response times, rounded up to one of `LATENCY_LIMITS_MS`. `Infinity` if it exceeds all
 * of them; undefined if there was no response.
 */
export type Latency = number | undefined;

/** The health of each subscription, by ID. Reads at most 168 hourly rows for each. */
export async function readSubscriptionHealth(
  { db, now }: Context,
  ids: string[],
): Promise<Map<string, SubscriptionHealth>> {
  const time = now();
  const counted = await listDailyCounts(db, ids.map(Number), { days: DAYS, now: time });
  const bySubscription = Map.groupBy(counted, ({ subscriptionId }) => `${subscriptionId}`);
  return new Map(ids.map((id) => [id, toSubscriptionHealth(bySubscription.get(id) ?? [], time)]));
}

export function toSubscriptionHealth(counted: Omit<DayCounts, "subscriptionId">[], now: number): SubscriptionHealth {
  const today = now - (now % DAY_MS);
  const days = Array.from({ length: DAYS }, (_, index) => today - (DAYS - 1 - index) * DAY_MS);
  const latencies = LATENCY_LIMITS_MS.concat(Infinity).map((_, index) =>
    counted.reduce((sum, day) => sum + (day.latencies[index] ?? 0), 0),
  );
  return {
    days: days.map((day) => ({ day, ...sumCounts(counted.filter((one) => one.day === day)) })),
    total: sumCounts(counted),
    p50: percentile(latencies, 50),
    p95: percentile(latencies, 95),
  };
}

/**
 * @param latencies a histogram: the number of responses within each of `LATENCY_LIMITS_MS`, but above the limit before.
 * The last number counts all slower responses.
 */
export function percentile(latencies: readonly number[], percent: number): Latency {
  const responses = latencies.reduce((sum, count) => sum + count, 0);
  if (responses === 0) return undefined;
  let within = 0;
  for (const [index, count] of latencies.entries()) {
    within += count;
    if (100 * within >= percent * responses) return LATENCY_LIMITS_MS[index] ?? Infinity;
  }
  return Infinity;
}

function sumCounts(days: AttemptCounts[]): AttemptCounts {
  const sum = (outcome: keyof AttemptCounts) => days.reduce((total, day) => total + day[outcome], 0);
  return { delivered: sum("delivered"), retried: sum("retried"), failed: sum("failed") };
}
