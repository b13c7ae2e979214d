import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePositions, encodePositions } from "../../src/segments/positions.ts";
import { propertyRuns } from "../support/property-runs.ts";

const Positions = fc.uniqueArray(fc.nat(65_535), { maxLength: 300 }).map((all) => all.toSorted((a, b) => a - b));

describe("a list of positions", () => {
  it("is varints of the differences, and their CRC-32", () => {
    expect(encodePositions([])).toEqual(Uint8Array.of(0, 0, 0, 0));
    // CRC-32 of the digits 1 to 9: cbf43926.
    expect(encodePositions([0x31, 0x31 + 0x32, 0x31 + 0x32 + 0x33].map(Number)).slice(0, 3)).toEqual(
      Uint8Array.of(0x31, 0x32, 0x33),
    );
    const digits = Array.from({ length: 9 }, (_, index) => 0x31 + index);
    const sums = digits.map((_, index) => digits.slice(0, index + 1).reduce((sum, digit) => sum + digit, 0));
    expect(encodePositions(sums)).toEqual(Uint8Array.of(...digits, 0x26, 0x39, 0xf4, 0xcb));
    expect(encodePositions([0, 300, 65_535]).slice(0, -4)).toEqual(Uint8Array.of(0, 0xac, 0x02, 0xd3, 0xfd, 0x03));
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(Positions, (positions) => {
        expect(decodePositions(encodePositions(positions), positions.length)).toEqual(positions);
      }),
      { numRuns: propertyRuns(5) },
    );
  });

  it("is never read as another list after a byte has changed, or is missing", () => {
    fc.assert(
      fc.property(Positions, fc.nat(), fc.integer({ min: 1, max: 255 }), (positions, place, change) => {
        const list = encodePositions(positions);
        const changed = list.map((byte, index) => (index === place % list.length ? byte ^ change : byte));
        expect(() => decodePositions(changed, positions.length)).toThrow(RangeError);
        expect(() => decodePositions(list.slice(0, place % list.length), positions.length)).toThrow(RangeError);
        expect(() => decodePositions(list, positions.length + 1)).toThrow(RangeError);
      }),
      { numRuns: propertyRuns(5) },
    );
  });

  it("is damaged if a position comes twice, or does not end", () => {
    expect(() => decodePositions(encodePositions([3, 3]), 2)).toThrow("a position comes twice");
    expect(() => decodePositions(encodePositions([3, 2 ** 28 + 3]), 2)).toThrow("a position does not end");
    expect(() => decodePositions(new Uint8Array(3), 0)).toThrow(RangeError);
  });
});
