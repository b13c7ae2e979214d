import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { csvRecords, jsonCell } from "../../../src/http/formats/csv.ts";
import { formulasIn, HIDDEN_FORMULAS, READINGS, SEPARATORS } from "../../support/spreadsheet.ts";
import { propertyRuns } from "../../support/property-runs.ts";

vi.setConfig({ testTimeout: 30_000 });

const EVERY_WAY = SEPARATORS.flatMap((separators) => READINGS.map((reading) => [separators, reading] as const));

/** A record as the service writes one: a number first, then texts and JSON. */
const recordOf = (texts: string[]) =>
  ["1041", ...texts, undefined, jsonCell(JSON.stringify(texts)), jsonCell(JSON.stringify({ texts }))] as const;

const PIECES = [
  "=",
  "+",
  "-",
  "@",
  "＝",
  ";",
  ",",
  "\t",
  "\r",
  "\n",
  '"',
  "'",
  " ",
  "\0",
  "\u200B",
  "\u00A0",
  "a",
  "1",
  "&",
  "\\",
];
const anyText = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(""));

describe.each(EVERY_WAY)("a spreadsheet that splits at %j, and reads quotes as %s does,", (separators, reading) => {
  it("finds a formula where the same cells are only quoted, so that this test can fail", () => {
    const quoted = HIDDEN_FORMULAS.map((text) => `"1041","${text.replaceAll('"', '""')}"\r\n`).join("");
    expect(formulasIn(quoted, separators, reading)).not.toEqual([]);
  });

  it("finds none in names made to be one", () => {
    for (const [index, text] of HIDDEN_FORMULAS.entries()) {
      const record = recordOf([text, HIDDEN_FORMULAS[(index + 1) % HIDDEN_FORMULAS.length] ?? ""]);
      expect(formulasIn(csvRecords([[...record], [...record]]), separators, reading)).toEqual([]);
    }
  });

  it("finds none in any texts side by side", () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyText, { minLength: 3, maxLength: 3 }), { maxLength: 3 }), (records) => {
        const csv = csvRecords(records.map((texts) => [...recordOf(texts)]));
        expect(formulasIn(csv, separators, reading)).toEqual([]);
      }),
      { numRuns: propertyRuns(5) },
    );
  });
});

describe("a record", () => {
  it("has each cell in quotes, those without a value too", () => {
    expect(csvRecords([["1", undefined, "", 'a"b', "c,d"]])).toBe('"1","","","a""b","c,d"\r\n');
    expect(csvRecords([])).toBe("");
  });

  it.each([
    ["=2*21", "'=2*21"],
    [" =2*21", "' =2*21"],
    ["a;=2*21", "a;'=2*21"],
    ["a\t =2*21", "a\t '=2*21"],
    ["a;b=c, -d", "a;b=c, -d"],
    ["a-b", "a-b"],
  ])("has the text %j as %j", (text, cell) => {
    expect(csvRecords([[text]])).toBe(`"${cell}"\r\n`);
  });

  it("has JSON of the same value, with no apostrophe in it", () => {
    fc.assert(
      fc.property(fc.array(anyText), (texts) => {
        const cell = jsonCell(JSON.stringify(texts));
        expect(JSON.parse(cell)).toEqual(texts);
        expect(csvRecords([[cell]])).toBe(`"${cell.replaceAll('"', '""')}"\r\n`);
      }),
    );
  });
});
