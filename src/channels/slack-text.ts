import type { PlainTextElement } from "@slack/types";
import type { Piece } from "../words/sentence.ts";

type Show = (character: string) => string;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const ZERO_WIDTH_SPACE = "\u200B";

/** Without Slack's formatting, mentions and links, which `plain_text` has none of; and with `:names:` left as they are. */
export function plainText(text: string): PlainTextElement {
  return { type: "plain_text", text, emoji: false };
}

// docs.slack.dev, "Formatting message text", "Escaping text": these three, and in plain_text too.
export function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}

/** For text outside `plain_text`: also breaks up what Slack would format, mention or link. */
export function neutralised(text: string): string {
  return escaped(text).replace(/&gt;|[*_~`:@#.]/g, (mark) =>
    mark === "&gt;" ? ZERO_WIDTH_SPACE + mark : mark + ZERO_WIDTH_SPACE,
  );
}

/** A value on one line, in at most `limit` UTF-16 units; cut where it is longer, never inside a character or an entity. */
export function shown(value: string, limit: number, show: Show = escaped): string {
  const characters = Array.from(oneLine(value), show);
  if (characters.join("").length <= limit) return characters.join("");
  let length = 0;
  const end = characters.findIndex((character) => (length += character.length) >= limit);
  return `${characters.slice(0, end).join("")}…`;
}

/** A sentence of at most `limit` UTF-16 units. Where it is longer its longest values are cut, and never our words. */
export function told(pieces: readonly Piece[], limit: number, show: Show = escaped, share = limit): string {
  const text = pieces.map((piece) => (piece.kind === "words" ? piece.text : shown(piece.text, share, show))).join(" ");
  const excess = text.length - limit;
  if (excess <= 0) return text;
  const values = pieces.filter(({ kind }) => kind === "value").length;
  return told(pieces, limit, show, share - Math.ceil(excess / values));
}

/** Control characters and line breaks become spaces; what would turn the direction of the line is dropped. */
function oneLine(value: string): string {
  const line = value
    .replace(/\p{Bidi_Control}/gu, "")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
  return line === "" ? "(blank)" : line;
}
