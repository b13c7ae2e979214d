import * as fc from "fast-check";
import { expect, it } from "vitest";
import { entryBytes, parseEntry } from "../../../src/domain/log/log-entry.ts";
import { utf8 } from "../../../src/tlog/base64.ts";

const ENTRY = {
  eventId: 4711,
  recordedAt: Date.UTC(2026, 10, 29, 2, 5, 17, 488),
  commitment: new Uint8Array(32).fill(7),
};
const TEXT = "tidings/event/v1\n4711\n2026-11-29T02:05:17.488Z\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n";

it("is four lines, byte for byte, for ever", () => {
  expect(new TextDecoder().decode(entryBytes(ENTRY))).toBe(TEXT);
});

it("is read as it was written", () => {
  const anEntry = fc.record({
    eventId: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    recordedAt: fc.nat({ max: 4_102_444_800_000 }),
    commitment: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Uint8Array(bytes)),
  });
  fc.assert(
    fc.property(anEntry, (entry) => {
      expect(parseEntry(entryBytes(entry))).toEqual(entry);
    }),
  );
});

it.each([
  ["another version", TEXT.replace("/v1", "/v2")],
  ["an ID with a leading zero", TEXT.replace("\n4711", "\n04711")],
  ["the ID 0", TEXT.replace("\n4711", "\n0")],
  ["an ID beyond 2^53", TEXT.replace("\n4711", "\n9007199254740993")],
  ["a time in another zone", TEXT.replace("17.488Z", "17+01:00")],
  ["a day that is none", TEXT.replace("11-29", "11-31")],
  ["a time in words", TEXT.replace("2026-11-29T02:05:17.488Z", "Sun Nov 29 2026 02:05:17")],
  ["a short commitment", TEXT.replace("BwcHBwcH", "")],
  ["base64 with loose bits", TEXT.replace("wc=\n", "wd=\n")],
  ["one line more", `${TEXT}\n`],
  ["one line less", TEXT.slice(0, TEXT.lastIndexOf("\n"))],
  ["nothing", ""],
])("is none with %s", (_what, text) => {
  expect(text).not.toBe(TEXT);
  expect(parseEntry(utf8(text))).toBeUndefined();
});
