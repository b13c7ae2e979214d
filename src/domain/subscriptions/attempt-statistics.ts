import type { Database } from "../../store/database.ts";
import { LATENCY_LIMITS_MS, listDailyCounts, type DayCounts } from "../../store/subscriptions/hourly-statistics.ts";

const DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What became of attempts: arrived, to be made again, failed for good. */
export type Counts = Pick<DayCounts, "delivered" | "retried" | "failed">;

/** How a subscription fared in the last seven days, today too. */
export interface Health {
  /** Oldest first, each by its start in milliseconds since 1970 (UTC). */
  days: (Counts & { day: number })[];
  total: Counts;
  /** Within how many milliseconds half of the answers came, and 95 of 100. */
  p50: Latency;
  p95: Latency;
}

/** As coarse as it is counted: `Infinity` beyond the last limit. Undefined without any answer. */
export type Latency = number | undefined;

/** Of each of these subscriptions. Reads at most its hours of seven days each, however many others there are. */
export async function readHealth(db: Database, subscriptionIds: number[], now: number): Promise<Map<number, Health>> {
  const counted = await listDailyCounts(db, subscriptionIds, { days: DAYS, now });
  const bySubscription = Map.groupBy(counted, ({ subscriptionId }) => subscriptionId);
  return new Map(subscriptionIds.map((id) => [id, healthOf(bySubscription.get(id) ?? [], now)]));
}

export function healthOf(counted: Omit<DayCounts, "subscriptionId">[], now: number): Health {
  const today = now - (now % DAY_MS);
  const days = Array.from({ length: DAYS }, (_, index) => today - (DAYS - 1 - index) * DAY_MS);
  const latencies = LATENCY_LIMITS_MS.concat(Infinity).map((_, index) =>
    counted.reduce((sum, day) => sum + (day.latencies[index] ?? 0), 0),
  );
  return {
    days: days.map((day) => ({ day, ...totalOf(counted.filter((one) => one.day === day)) })),
    total: totalOf(counted),
    p50: latencyOf(latencies, 50),
    p95: latencyOf(latencies, 95),
  };
}

/** The limit within which so many percent of the answers came, the smallest that is known. */
export function latencyOf(latencies: readonly number[], percent: number): Latency {
  const answers = latencies.reduce((sum, count) => sum + count, 0);
  if (answers === 0) return undefined;
  let within = 0;
  for (const [index, count] of latencies.entries()) {
    within += count;
    if (100 * within >= percent * answers) return LATENCY_LIMITS_MS[index] ?? Infinity;
  }
  return Infinity;
}

function totalOf(days: Counts[]): Counts {
  const sum = (outcome: keyof Counts) => days.reduce((total, day) => total + day[outcome], 0);
  return { delivered: sum("delivered"), retried: sum("retried"), failed: sum("failed") };
}
