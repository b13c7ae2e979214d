import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitParts, showInvisible } from "../../src/event-text/invisible-characters.ts";
import { propertyRuns } from "../support/property-runs.ts";

/**
 * One of each kind: controls, format characters, other default-ignorable ones, blanks that are letters or symbols,
 * gaps.
 */
const UNSEEN = Array.from(
  "\0\t\n\u007F\u0085\u00AD\u061C\u180E\u200B\u200C\u200D\u200E\u202E\u2028\u2029\u2060\u2061\u2064\u206F\uFEFF" +
    "\u034F\u115F\u1160\u17B4\u180B\u2065\u3164\uFE00\uFE0F\uFFA0\uFFF9\u{1BCA0}\u{1D173}\u{E0001}\u{E0041}\u{E0100}" +
    "\u{E0FFF}\u2800\u{1D159}\uFFFC\u{16FE4}\u00A0\u2003\u2009\u202F\u3000\uE000\uFDD0",
);

describe("what cannot be seen", () => {
  it.each(UNSEEN.map((char) => [(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0"), char]))(
    "is named, wherever it stands: U+%s",
    (name, char) => {
      expect(showInvisible(char)).toBe(`[U+${name}]`);
      expect(showInvisible(`${char}ann`)).toBe(`[U+${name}]ann`);
      expect(showInvisible(`a${char}nn`)).toBe(`a[U+${name}]nn`);
      expect(showInvisible(`ann${char}${char}`)).toBe(`ann[U+${name}][U+${name}]`);
      expect(showInvisible(`漢${char}字`)).toBe(`漢[U+${name}]字`);
    },
  );

  it("is a space too, where a page would draw none", () => {
    expect(showInvisible("ann lee")).toBe("ann lee");
    expect(showInvisible("ann  lee")).toBe("ann [U+0020]lee");
    expect(showInvisible(" ann ")).toBe("[U+0020]ann[U+0020]");
    expect(showInvisible("   ")).toBe("[U+0020][U+0020][U+0020]");
  });

  it.each([
    ["an emoji's joiner", "👩‍👩‍👧"],
    ["an emoji's style", "🛍️ ☀️ ❤️‍🔥"],
    ["a keycap", "1️⃣"],
    ["a flag of tags", "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}"],
    ["Persian", "می\u200Cخواهم نامه\u200Cای"],
    ["Persian with marks", "بّ\u200Cبّ"],
    ["an initial heh", "ه\u200D.ش"],
    ["Hindi", "क्\u200Dष क्\u200Cष"],
    ["Bengali", "র\u200D্যাব"],
    ["Malayalam", "ന്\u200D"],
    ["Sinhala", "ක්\u200Dෂ ශ්\u200Dරී"],
    ["Tamil", "க்\u200Cஷ"],
    ["letters of many scripts", "Müller e\u0301 شركة 漢字 한글 ភាសាខ្មែរ ไทย"],
  ])("is not what a script or an emoji needs: %s", (_what, text) => {
    expect(showInvisible(text)).toBe(text);
  });

  it.each([
    ["a joiner between emoji that are no sequence", "🚀\u200D🚀", "🚀[U+200D]🚀"],
    ["a joiner after an emoji", "👩\u200D", "👩[U+200D]"],
    ["a style that an emoji has anyway", "😀\uFE0F", "😀[U+FE0F]"],
    ["a style before a skin tone", "✌\uFE0F🏻", "✌[U+FE0F]🏻"],
    ["a style of a digit", "1\uFE0F", "1[U+FE0F]"],
    ["tags that name no flag", "🏴\u{E0041}\u{E007F}", "🏴[U+E0041][U+E007F]"],
    ["a non-joiner between Latin letters", "Auf\u200Clage", "Auf[U+200C]lage"],
    ["a non-joiner after a letter that does not join", "کار\u200Cها", "کار[U+200C]ها"],
    ["two non-joiners", "می\u200C\u200Cخ", "می[U+200C][U+200C]خ"],
    ["a joiner between letters that join", "می\u200Dخ", "می[U+200D]خ"],
    ["a non-joiner that ends an Indic name", "क्\u200C", "क्[U+200C]"],
    ["a non-joiner in Tamil, where nothing would join", "க்\u200Cக", "க்[U+200C]க"],
  ])("is what a script or an emoji does not need: %s", (_what, text, shown) => {
    expect(showInvisible(text)).toBe(shown);
  });

  it("cannot be typed as its name", () => {
    expect(showInvisible("a[U+200B]b")).toBe("a[U+005B]U+200B]b");
    expect(showInvisible("a[b] [U+x]")).toBe("a[b] [U+x]");
  });

  it("never makes two names one: what is drawn gives the name back", () => {
    const piece = fc.constantFrom("a", "[", "U+200B]", "🛍", "م", "क", "\u094D", "👩", "👧", " ", ...UNSEEN);
    const name = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece, { maxLength: 8 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(name, (text) => {
        const wellFormed = text.toWellFormed();
        expect(
          splitParts(wellFormed)
            .map((part) => part.text)
            .join(""),
        ).toBe(wellFormed);
        const meant = showInvisible(wellFormed).replace(/\[U\+([0-9A-F]{4,6})\]/g, (_, code: string) =>
          String.fromCodePoint(Number.parseInt(code, 16)),
        );
        expect(meant).toBe(wellFormed);
      }),
      { numRuns: propertyRuns(40) },
    );
  });

  it("is found in a long text as quickly as it is read", () => {
    for (const text of [`ی${"\u0301".repeat(16_000)}${"\u200C".repeat(16_000)}`, "a \u200B".repeat(11_000)]) {
      const begun = performance.now();
      splitParts(text);
      expect(performance.now() - begun).toBeLessThan(1000);
    }
  });
});
