import { DAY_MS, HOUR_MS } from "../../lib/time.ts";
import type { Database } from "../database.ts";
import { unlessCommitted, type CommitMarker, type Settlement } from "../settlement.ts";

/** The upper limits of the histogram's columns. The last column, `latency_over_10000_ms`, has no limit. */
export const LATENCY_LIMITS_MS = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
const LATENCY_COLUMNS = [...LATENCY_LIMITS_MS.map((limit) => `latency_up_to_${limit}_ms`), "latency_over_10000_ms"];
const OUTCOME_COLUMNS = ["delivered", "retried", "failed"] as const;
const COLUMNS: string[] = [...OUTCOME_COLUMNS, ...LATENCY_COLUMNS];

/** Adds the results of the settling batch to each subscription's counters of this hour. */
export function countAttemptsHourly(
  db: Database,
  settlements: Settlement[],
  marker: CommitMarker,
  now: number,
): D1PreparedStatement {
  const counts = new Map<number, number[]>();
  for (const settlement of settlements) {
    const count = counts.get(settlement.subscriptionId) ?? COLUMNS.map(() => 0);
    for (const column of countedColumns(settlement))
      count[COLUMNS.indexOf(column)] = (count[COLUMNS.indexOf(column)] ?? 0) + 1;
    counts.set(settlement.subscriptionId, count);
  }
  return db
    .prepare(
      `INSERT INTO subscription_stats_hourly (hour, subscription_id, ${COLUMNS.join(", ")})
      SELECT ?2, value->>0, ${COLUMNS.map((_, index) => `value->>${index + 1}`).join(", ")} FROM json_each(${unlessCommitted("?1", "?3")}) WHERE TRUE
      ON CONFLICT (hour, subscription_id) DO UPDATE SET ${COLUMNS.map((column) => `${column} = ${column} + excluded.${column}`).join(", ")}`,
    )
    .bind(JSON.stringify([...counts].map(([id, count]) => [id, ...count])), now - (now % HOUR_MS), marker);
}

/** Returns the columns in which an attempt counts. Only an attempt with a response has a latency. */
function countedColumns({ state, attempt }: Settlement): string[] {
  const outcome = attempt.outcome === "delivered" ? "delivered" : state === "pending" ? "retried" : "failed";
  if (attempt.status === null) return [outcome];
  const index = LATENCY_LIMITS_MS.findIndex((limit) => attempt.durationMs <= limit);
  return [outcome, LATENCY_COLUMNS.at(index) ?? "latency_over_10000_ms"]; // findIndex gives -1 for a slower response, and at(-1) is the last column
}

/** The results of a subscription's attempts on one day (UTC). */
export interface DayCounts extends Record<(typeof OUTCOME_COLUMNS)[number], number> {
  subscriptionId: number;
  /** The start of the day, in milliseconds since 1970. */
  day: number;
  /**
   * A histogram: for each of `LATENCY_LIMITS_MS`, the responses up to this limit and above the previous limit. The last
   * number counts all slower responses.
   */
  latencies: number[];
}

/**
 * Returns the counts of the last `days` days, including today. A day without an attempt is missing. Reads at most one
 * row for each hour and subscription.
 */
export async function listDailyCounts(
  db: Database,
  subscriptionIds: number[],
  { days, now }: { days: number; now: number },
): Promise<DayCounts[]> {
  const first = now - (now % DAY_MS) - (days - 1) * DAY_MS;
  const hours = Array.from({ length: Math.floor((now - first) / HOUR_MS) + 1 }, (_, index) => first + index * HOUR_MS);
  const { results } = await db
    .prepare(
      `SELECT s.value AS subscriptionId, h.value - h.value % ${DAY_MS} AS day,
        ${OUTCOME_COLUMNS.map((column) => `sum(${column}) AS ${column}`).join(", ")},
        json_array(${LATENCY_COLUMNS.map((column) => `sum(${column})`).join(", ")}) AS latencies
      FROM json_each(?1) s CROSS JOIN json_each(?2) h
      CROSS JOIN subscription_stats_hourly t ON t.hour = h.value AND t.subscription_id = s.value
      GROUP BY s.value, day`,
    )
    .bind(JSON.stringify(subscriptionIds), JSON.stringify(hours))
    .all<Omit<DayCounts, "latencies"> & { latencies: string }>();
  return results.map(({ latencies, ...row }) => ({ ...row, latencies: JSON.parse(latencies) as number[] }));
}
