import * as fc from "fast-check";
import { expect, it } from "vitest";
import { allowsAttempt, waitAfter } from "../../../src/domain/deliveries/delivery-policy.ts";

const middle = () => 0.5;

it("takes the schedule's waits in order, and then no more", () => {
  expect([1, 2, 3, 4].map((attempt) => waitAfter([5, 300, 1800], attempt, middle))).toEqual([5, 300, 1800, undefined]);
  expect([1, 4, 5].map((attempt) => allowsAttempt([5, 300, 1800], attempt))).toEqual([true, true, false]);
});

it("spreads waits of a minute and more by a fifth each way, and leaves shorter ones alone", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100_000 }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (wait, random) => {
        const waited = waitAfter([wait], 1, () => random) ?? -1;
        if (wait < 60) expect(waited).toBe(wait);
        else expect(Math.abs(waited - wait)).toBeLessThanOrEqual(Math.ceil(wait * 0.2));
      },
    ),
  );
  expect(waitAfter([1000], 1, () => 0)).toBe(800);
  expect(waitAfter([1000], 1, () => 0.999999)).toBe(1200);
});

it("keeps the receiver's own wish where it is longer, and the schedule where that is", () => {
  expect(waitAfter([5], 1, middle, 86_400)).toBe(86_400);
  expect(waitAfter([300], 1, middle, 10)).toBe(300);
  expect(waitAfter([], 1, middle, 10)).toBeUndefined();
});
