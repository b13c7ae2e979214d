// Sources of regular expressions with the flag v. They find the invisible characters without which a text looks
// different.

// The joining types of Arabic letters, from ArabicShaping.txt of Unicode.
const NON_JOINING = String.raw`\u0621\u0674\u06E5\u06E6\u0887\u08AD`;
const RIGHT_JOINING =
  String.raw`\u0622-\u0625\u0627\u0629\u062F-\u0632\u0648\u0671-\u0673\u0675-\u0677\u0688-\u0699\u06C0\u06C3-\u06CB\u06CD` +
  String.raw`\u06CF\u06D2\u06D3\u06D5\u06EE\u06EF\u0759-\u075B\u076B\u076C\u0771\u0773\u0774\u0778\u0779\u0870-\u0885\u088E` +
  String.raw`\u08AA-\u08AC\u08AE\u08B1\u08B2\u08B9`;
const JOINING = String.raw`[[[\u0620-\u08C8]&&\p{Script=Arabic}&&\p{L}]--[${NON_JOINING}\u0640]]`;
const DUAL_JOINING = `[${JOINING}--[${RIGHT_JOINING}]]`;
/** Marks on a letter. Their number is limited, because a long run of marks would be read again for each joiner. */
const MARKS = String.raw`[\p{Mn}--\p{Default_Ignorable_Code_Point}]{0,4}`;

/**
 * The sign that removes a vowel, in Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Telugu, Kannada and Malayalam.
 * Tamil and Sinhala are left out, because they draw the sign in any case.
 */
const VIRAMA = String.raw`[\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0C4D\u0CCD\u0D4D]`;
const INDIC = String.raw`[[\u0900-\u0DFF]&&\p{L}]`;

/**
 * A joiner (U+200D) or non-joiner (U+200C) that changes what is drawn. UTS #39 §3.1.1.1; the Unicode Standard, §12.2 on
 * ya-phalaa and §9.2 on heh.
 */
export const NEEDED_JOINER = [
  String.raw`(?<=${DUAL_JOINING}${MARKS})\u200C(?=${MARKS}${JOINING})`,
  String.raw`(?<=${DUAL_JOINING}${MARKS})\u200D(?!${MARKS}(?:${JOINING}|[\u200C\u200D\u0640]))`,
  String.raw`(?<=${INDIC}\p{Mn}?${VIRAMA})\u200C(?=${INDIC})`,
  String.raw`(?<=${INDIC}\p{Mn}?(?:${VIRAMA}|\u0DCA))\u200D(?![\p{M}\u200C\u200D])`,
  String.raw`(?<=\u0B95\u0BCD)\u200C(?=\u0BB7)`,
  String.raw`(?<=[\u09B0\u0CB0])\u200D(?=[\u09CD\u0CCD]${INDIC})`,
].join("|");

/**
 * Characters that make a picture of a symbol or a keycap of a digit, and those in the flags of England, Scotland and
 * Wales. UTS #51.
 */
export const NEEDED_STYLE = [
  String.raw`(?<=[\p{Emoji}--[\p{Emoji_Presentation}0-9#*]])\uFE0F(?!\p{Emoji_Modifier})`,
  String.raw`(?<=[0-9#*])\uFE0F(?=\u20E3)`,
  String.raw`(?<=\u{1F3F4})\u{E0067}\u{E0062}(?:\u{E0065}\u{E006E}\u{E0067}|\u{E0073}\u{E0063}\u{E0074}|\u{E0077}\u{E006C}\u{E0073})\u{E007F}`,
].join("|");
