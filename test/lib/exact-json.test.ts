import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { isRawNumber, parseExactJson, RefusedJson } from "../../src/lib/exact-json.ts";
import { propertyRuns } from "../support/property-runs.ts";

vi.setConfig({ testTimeout: 30_000 });

/** Converts a parsed value to what `JSON.parse` returns for the same text. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function refusalOf(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    if (error instanceof RefusedJson) return [error.path.join("."), error.message];
    return error instanceof SyntaxError ? "not JSON" : error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Writes a value as JSON with white space between its tokens. */
const spaced = (value: unknown) => JSON.stringify(value, null, "\t").replaceAll("\n", "\r\n ");

describe("JSON", () => {
  it("is read as JSON.parse reads it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        for (const text of [JSON.stringify(value), spaced(value)]) {
          expect(plain(parseExactJson(text))).toEqual(JSON.parse(text));
        }
      }),
      { numRuns: propertyRuns(10) },
    );
  });

  it("is what JSON.parse takes, and nothing else", () => {
    const parts =
      '{ } [ ] , : " \\ / \\u0041 \\" \\u00 \\x a b true false null nul -0 0 01 1 1. .5 1.50 1e5 1E-2 + - \t \n \0'
        .split(" ")
        .concat(
          " ",
          "\u00A0",
          "\uFEFF",
          "\u2028",
          "\u0085",
          "\v",
          "\ud800",
          "é",
          '"a"',
          '"b":',
          '"c":1',
          "[1,2]",
          "{}",
        );
    const pieces = fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((chosen) => chosen.join(""));
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.nat({ max: 2 }), fc.constantFrom(...parts, ""))
      .map(([json, at, cut, part]) => {
        const start = at % (json.length + 1);
        return json.slice(0, start) + part + json.slice(start + cut);
      });
    fc.assert(
      fc.property(fc.oneof(pieces, broken), (text) => {
        const refusal = refusalOf(text);
        fc.pre(!Array.isArray(refusal) || refusal[1] !== "is given twice in one object");
        expect(refusal !== "not JSON").toBe(isJson(text));
      }),
      { numRuns: propertyRuns(40) },
    );
  });

  it.each([
    "1763859600123456789",
    "-0",
    "1.10",
    "1e400",
    "1E+2",
    "0.1",
    "9007199254740993",
    "0",
    "-7",
    "123456789012345",
  ])("keeps the number %s as it was sent", (text) => {
    expect(JSON.stringify(parseExactJson(`[${text}]`))).toBe(`[${text}]`);
  });

  it("has a short integer as a number, and any other with its digits", () => {
    expect(parseExactJson("[42, -1, 0]")).toEqual([42, -1, 0]);
    expect([parseExactJson("1.5"), parseExactJson("12345678901234567890")].every(isRawNumber)).toBe(true);
  });

  it("keeps a key named __proto__, and no object's prototype changes", () => {
    const value = parseExactJson('{"__proto__":{"isOwner":true},"a":1}') as object;
    expect(Object.keys(value)).toEqual(["__proto__", "a"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect("isOwner" in value).toBe(false);
  });
});

describe("a key that is given twice", () => {
  const TWICE = "is given twice in one object";
  it.each([
    ['{"a":1,"a":1}', "a"],
    ['{"a":1,"\\u0061":2}', "a"],
    ['{"\\/":1,"/":2}', "/"],
    ['{"a":{"b":[0,{"c":1,"d":2,"c":3}]}}', "a.b.1.c"],
    ['[{"a":{"x":1}},{"a":{"x":1},"a":{}}]', "1.a"],
    ['{"__proto__":1,"\\u005f_proto__":1}', "__proto__"],
    ['{"toString":1,"toString":1}', "toString"],
    ['{"":1,"":1}', ""],
    ['{"1":1,"1":1}', "1"],
    ['{"\\ud800":1,"\\uD800":1}', "\ud800"],
  ])("is refused and named: %s", (text, path) => {
    expect(refusalOf(text)).toEqual([path, TWICE]);
  });

  it.each([
    '{"\u00E9":1,"e\u0301":2}',
    '{"a":1,"A":2}',
    '{"a":1," a":2}',
    '{"a":{"a":1},"b":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"constructor":1,"hasOwnProperty":2,"__proto__":3}',
    '{"1":1,"01":1,"1.0":1}',
  ])("is not what is only alike: %s", (text) => {
    expect(plain(parseExactJson(text))).toEqual(JSON.parse(text));
  });

  it("is found wherever it stands in an object of many keys", () => {
    const keys = Array.from({ length: 2_000 }, (_, index) => `"key ${index}":${index}`);
    expect(refusalOf(`{${keys.join()},"key 1000":0}`)).toEqual(["key 1000", TWICE]);
  });
});

describe("what nests too deep", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const MIB = 1024 * 1024;

  it.each([
    ["open brackets", "[".repeat(MIB)],
    ["brackets that all close", nested(MIB / 2)],
    ["objects", '{"a":'.repeat(MIB / 5)],
  ])("is refused where the stack still has room: %s", (_, text) => {
    expect(refusalOf(text)).toEqual([expect.stringMatching(/^a?$/), expect.stringContaining("nests too deep")]);
  });

  it("is named by the field that it is in", () => {
    expect(refusalOf(`[{"type":"X"},{"data":{"a":{"b":${nested(200)}}}}]`)).toEqual([
      "1.data",
      expect.stringContaining("at most 100 levels"),
    ]);
  });

  it("is only that: 100 levels are read", () => {
    expect(plain(parseExactJson(nested(100)))).toEqual(JSON.parse(nested(100)));
  });
});
