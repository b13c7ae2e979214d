import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toSubscriptionHealth, percentile } from "../../../src/domain/subscriptions/subscription-health.ts";
import { LATENCY_LIMITS_MS } from "../../../src/store/subscriptions/hourly-statistics.ts";

const DAY = 86_400_000;
const TODAY = Date.UTC(2026, 10, 25);
const LIMITS = [...LATENCY_LIMITS_MS, Infinity];

describe("a latency", () => {
  it("is the limit within which so many percent of the answers came", () => {
    expect(percentile([5, 4, 0, 1], 50)).toBe(20);
    expect(percentile([5, 4, 0, 1], 51)).toBe(50);
    expect(percentile([5, 4, 0, 1], 90)).toBe(50);
    expect(percentile([5, 4, 0, 1], 95)).toBe(200);
  });

  it("is not known without an answer", () => {
    expect(
      percentile(
        LIMITS.map(() => 0),
        50,
      ),
    ).toBeUndefined();
    expect(percentile([], 95)).toBeUndefined();
  });

  it("beyond the last limit has none", () => {
    expect(
      percentile(
        LIMITS.map((limit) => (limit === Infinity ? 1 : 0)),
        50,
      ),
    ).toBe(Infinity);
  });

  it("is what sorting all answers would say", () => {
    const counts = fc.array(fc.nat(20), { minLength: LIMITS.length, maxLength: LIMITS.length });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 100 }), (latencies, percent) => {
        const answers = latencies.flatMap((count, index) => Array.from({ length: count }, () => LIMITS[index]));
        const rank = Math.ceil((percent * answers.length) / 100);
        expect(percentile(latencies, percent)).toBe(answers[rank - 1]);
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

  it("has seven days, today last, also those on which nothing was", () => {
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
