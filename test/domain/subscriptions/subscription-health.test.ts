import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { percentile, toSubscriptionHealth } from "../../../src/domain/subscriptions/subscription-health.ts";
import { LATENCY_LIMITS_MS } from "../../../src/store/subscriptions/hourly-statistics.ts";

const DAY = 86_400_000;
const TODAY = Date.UTC(2026, 10, 25);
const LIMITS = [...LATENCY_LIMITS_MS, Infinity];

describe("a percentile of the response times", () => {
  it("is the smallest limit that so many percent of the responses did not exceed", () => {
    expect(percentile([5, 4, 0, 1], 50)).toBe(20);
    expect(percentile([5, 4, 0, 1], 51)).toBe(50);
    expect(percentile([5, 4, 0, 1], 90)).toBe(50);
    expect(percentile([5, 4, 0, 1], 95)).toBe(200);
  });

  it("is undefined without a response", () => {
    expect(
      percentile(
        LIMITS.map(() => 0),
        50,
      ),
    ).toBeUndefined();
    expect(percentile([], 95)).toBeUndefined();
  });

  it("is Infinity beyond the last limit", () => {
    expect(
      percentile(
        LIMITS.map((limit) => (limit === Infinity ? 1 : 0)),
        50,
      ),
    ).toBe(Infinity);
  });

  it("is the nearest-rank percentile of all responses", () => {
    const counts = fc.array(fc.nat(20), { minLength: LIMITS.length, maxLength: LIMITS.length });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 100 }), (latencies, percent) => {
        const responses = latencies.flatMap((count, index) => Array.from({ length: count }, () => LIMITS[index]));
        const rank = Math.ceil((percent * responses.length) / 100);
        expect(percentile(latencies, percent)).toBe(responses[rank - 1]);
      }),
    );
  });
});

describe("a week", () => {
  const counted = (daysAgo: number, delivered: number) => ({
    day: TODAY - daysAgo * DAY,
    delivered,
    retried: 1,
    failed: 2,
    latencies: [delivered],
  });

  it("has seven days, today last, including those without attempts", () => {
    const health = toSubscriptionHealth([counted(0, 3), counted(6, 4)], TODAY + 5);
    expect(health.days.map(({ day, delivered }) => [(TODAY - day) / DAY, delivered])).toEqual([
      [6, 4],
      [5, 0],
      [4, 0],
      [3, 0],
      [2, 0],
      [1, 0],
      [0, 3],
    ]);
    expect(health.total).toEqual({ delivered: 7, retried: 2, failed: 4 });
    expect(health.p95).toBe(20);
  });
});
