import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idAt, parseRuns, positionOf, runsOf } from "../../src/segments/runs.ts";
import { propertyRuns } from "../support/property-runs.ts";

describe("runs", () => {
  it("begin where an ID is skipped", () => {
    expect(runsOf([5, 6, 7, 9, 1_000_000, 1_000_001])).toEqual([
      [5, 0],
      [9, 3],
      [1_000_000, 4],
    ]);
    expect(parseRuns(JSON.stringify(runsOf([5, 7])))).toEqual([
      [5, 0],
      [7, 1],
    ]);
  });

  it("give each event its position, and each position its ID, and no other ID a position", () => {
    const ids = fc
      .uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1 })
      .map((all) => all.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(ids, (all) => {
        const runs = runsOf(all);
        for (let id = 0; id <= 61; id++) {
          const position = all.indexOf(id);
          expect(positionOf(runs, all.length, id)).toBe(position === -1 ? undefined : position);
        }
        expect(all.map((_, position) => idAt(runs, position))).toEqual(all);
      }),
      { numRuns: propertyRuns(5) },
    );
  });

  it("have no ID before the first position", () => {
    expect(() => idAt([[5, 0]], -1)).toThrow(RangeError);
  });
});
