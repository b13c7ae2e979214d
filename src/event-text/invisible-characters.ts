import { NEEDED_JOINER, NEEDED_STYLE } from "./needed-joiners.ts";

/** A part of a text: visible characters, or one character that a reader would not see. */
export interface Part {
  kind: "visible" | "invisible";
  text: string;
}

/**
 * Characters that draw nothing or only a gap, reverse the text, or break the line. Spaces are in `UNDRAWN_SPACE`
 * instead.
 */
const INVISIBLE =
  String.raw`[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\p{Co}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}` +
  String.raw`\u2800\u2D7F\uFFFC\u{1107F}\u{13441}\u{13442}\u{16FE4}\u{1D159}]--\u0020]`;

/** Browsers draw several spaces as one, and none at the start and the end of a text. */
const UNDRAWN_SPACE = "(?<=^| ) | $";

const EMOJI = String.raw`\p{Emoji}\p{Emoji_Modifier}?\uFE0F?`;
const JOINED_EMOJI = String.raw`(?<joined>${EMOJI}(?:\u200D${EMOJI})+)`;

const SUSPECT = new RegExp(`${INVISIBLE}|${UNDRAWN_SPACE}`, "v");
const EACH_SUSPECT = new RegExp(SUSPECT, "gv");
/** A text without these characters contains no joiner or style that it needs. */
const JOINER_OR_STYLE = /\u200C|\u200D|\uFE0F|\u{E007F}/u;
const NEEDED_OR_INVISIBLE = new RegExp(
  `${JOINED_EMOJI}|${NEEDED_STYLE}|${NEEDED_JOINER}|(?<invisible>${SUSPECT.source})`,
  "gv",
);
/**
 * Joined emoji that are drawn as one picture. Used only for joined emoji, because the first use takes tens of
 * milliseconds.
 */
const ONE_EMOJI = /^\p{RGI_Emoji_ZWJ_Sequence}$/v;
const EACH_INVISIBLE = new RegExp(INVISIBLE, "gv");

/** Splits a text into parts, in order. Two texts that differ only in invisible characters have different parts. */
export function splitParts(text: string): Part[] {
  if (!SUSPECT.test(text)) return text === "" ? [] : [{ kind: "visible", text }];
  const parts: Part[] = [];
  let end = 0;
  for (const { index, char } of findInvisible(text)) {
    if (index > end) parts.push({ kind: "visible", text: text.slice(end, index) });
    parts.push({ kind: "invisible", text: char });
    end = index + char.length;
  }
  if (end < text.length) parts.push({ kind: "visible", text: text.slice(end) });
  return parts;
}

function* findInvisible(text: string): Generator<{ index: number; char: string }> {
  if (!JOINER_OR_STYLE.test(text)) {
    for (const { 0: char, index } of text.matchAll(EACH_SUSPECT)) yield { index, char };
    return;
  }
  for (const { groups: { joined, invisible } = {}, index } of text.matchAll(NEEDED_OR_INVISIBLE)) {
    if (invisible !== undefined) yield { index, char: invisible };
    if (joined === undefined || ONE_EMOJI.test(joined)) continue;
    for (const inside of joined.matchAll(EACH_INVISIBLE)) yield { index: index + inside.index, char: inside[0] };
  }
}

/** "U+200B" */
export function codePointName(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The bracket of a name that is in the text itself, as in "[U+200B]". */
const TYPED_NAME = /\[(?=U\+[0-9A-F]{4,6}\])/g;

/**
 * A part as text. An invisible character becomes its name in brackets; a name in brackets that is in the text itself is
 * changed.
 */
export function formatPart({ kind, text }: Part): string {
  return kind === "visible" ? text.replace(TYPED_NAME, "[U+005B]") : `[${codePointName(text)}]`;
}

/** The text that `<UserText>` shows, for places that take no elements: titles and labels. */
export function showInvisible(text: string): string {
  return splitParts(text).map(formatPart).join("");
}
