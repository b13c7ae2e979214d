import { NEEDED_JOINER, NEEDED_STYLE } from "./needed-joiners.ts";

/** A part of a text: one that is drawn as it is, or a character that would not be seen. */
export interface Part {
  kind: "seen" | "unseen";
  text: string;
}

/** Characters that draw nothing or only a gap, turn the text around or break its line. A space is judged by its place. */
const INVISIBLE =
  String.raw`[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\p{Co}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}` +
  String.raw`\u2800\u2D7F\uFFFC\u{1107F}\u{13441}\u{13442}\u{16FE4}\u{1D159}]--\u0020]`;

/** Pages draw a run of spaces as one, and none at an end. */
const UNDRAWN_SPACE = "(?<=^| ) | $";

const EMOJI = String.raw`\p{Emoji}\p{Emoji_Modifier}?\uFE0F?`;
const JOINED_EMOJI = String.raw`(?<joined>${EMOJI}(?:\u200D${EMOJI})+)`;

const SUSPECT = new RegExp(`${INVISIBLE}|${UNDRAWN_SPACE}`, "v");
const EACH_SUSPECT = new RegExp(SUSPECT, "gv");
/** Where there is none of these, nothing is needed. */
const JOINER_OR_STYLE = /\u200C|\u200D|\uFE0F|\u{E007F}/u;
const NEEDED_OR_UNSEEN = new RegExp(
  `${JOINED_EMOJI}|${NEEDED_STYLE}|${NEEDED_JOINER}|(?<unseen>${SUSPECT.source})`,
  "gv",
);
/** Those that are drawn as one. Asked only of joined emoji: the first time it takes tens of milliseconds. */
const ONE_EMOJI = /^\p{RGI_Emoji_ZWJ_Sequence}$/v;
const EACH_INVISIBLE = new RegExp(INVISIBLE, "gv");

/** The parts of a text in their order, so that no two texts that differ by what cannot be seen have the same ones. */
export function partsOf(text: string): Part[] {
  if (!SUSPECT.test(text)) return text === "" ? [] : [{ kind: "seen", text }];
  const parts: Part[] = [];
  let end = 0;
  for (const { index, char } of unseenIn(text)) {
    if (index > end) parts.push({ kind: "seen", text: text.slice(end, index) });
    parts.push({ kind: "unseen", text: char });
    end = index + char.length;
  }
  if (end < text.length) parts.push({ kind: "seen", text: text.slice(end) });
  return parts;
}

function* unseenIn(text: string): Generator<{ index: number; char: string }> {
  if (!JOINER_OR_STYLE.test(text)) {
    for (const { 0: char, index } of text.matchAll(EACH_SUSPECT)) yield { index, char };
    return;
  }
  for (const { groups: { joined, unseen } = {}, index } of text.matchAll(NEEDED_OR_UNSEEN)) {
    if (unseen !== undefined) yield { index, char: unseen };
    if (joined === undefined || ONE_EMOJI.test(joined)) continue;
    for (const inside of joined.matchAll(EACH_INVISIBLE)) yield { index: index + inside.index, char: inside[0] };
  }
}

/** "U+200B" */
export function codePointName(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A name in brackets that somebody typed. */
const TYPED_NAME = /\[(?=U\+[0-9A-F]{4,6}\])/g;

/** A part as text alone: an unseen character's name stands in brackets. */
export function bracketed({ kind, text }: Part): string {
  return kind === "seen" ? text.replace(TYPED_NAME, "[U+005B]") : `[${codePointName(text)}]`;
}

/** A text as `Plain` draws it, for where there are no elements: titles and labels. */
export function plainText(text: string): string {
  return partsOf(text).map(bracketed).join("");
}
