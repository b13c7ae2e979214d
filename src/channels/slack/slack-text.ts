import type { PlainTextElement } from "@slack/types";
import type { Piece } from "../../event-text/sentence.ts";
import { formatPart, splitParts } from "../../event-text/invisible-characters.ts";

type Escape = (character: string) => string;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const ZERO_WIDTH_SPACE = "\u200B";

/** `plain_text` has no formatting, mentions or links. With `emoji: false`, `:names:` stay as they are. */
export function plainText(text: string): PlainTextElement {
  return { type: "plain_text", text, emoji: false };
}

// docs.slack.dev, "Formatting message text", "Escaping text": these three characters are escaped, also in plain_text.
export function escape(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}

/** For text outside `plain_text`. Zero-width spaces also stop Slack from formatting, mentioning or linking anything. */
export function neutralise(text: string): string {
  return escape(text).replace(/&gt;|[*_~`:@#.]/g, (mark) =>
    mark === "&gt;" ? ZERO_WIDTH_SPACE + mark : mark + ZERO_WIDTH_SPACE,
  );
}

/** A value on one line, cut to `limit` UTF-16 units, but never inside a character or an entity. */
export function formatValue(value: string, limit: number): string {
  return cut(toCharacters(value, escape), limit);
}

/** A sentence, cut to `limit` UTF-16 units: its longest values are cut, but never the words between them. */
export function formatSentence(pieces: readonly Piece[], limit: number, escapeCharacter: Escape = escape): string {
  const parts = pieces.map(({ kind, text }) => (kind === "words" ? text : toCharacters(text, escapeCharacter)));
  return join(parts, limit, limit);
}

/**
 * Joins the parts with spaces. A text is words; an array has the characters of a value, which is cut to `share` UTF-16
 * units.
 */
function join(parts: readonly (string | string[])[], limit: number, share: number): string {
  const text = parts.map((part) => (typeof part === "string" ? part : cut(part, share))).join(" ");
  const excess = text.length - limit;
  if (excess <= 0) return text;
  const values = parts.filter((part) => typeof part !== "string").length;
  return join(parts, limit, share - Math.ceil(excess / values));
}

function cut(characters: string[], limit: number): string {
  const whole = characters.join("");
  if (whole.length <= limit) return whole;
  let length = 0;
  const end = characters.findIndex((character) => (length += character.length) >= limit);
  return `${characters.slice(0, end).join("")}…`;
}

/** The characters of a value. One that is invisible, reverses the text or breaks the line is replaced by its name. */
function toCharacters(value: string, escapeCharacter: Escape): string[] {
  if (value === "") return ["(blank)"];
  return splitParts(value).flatMap((part) => {
    const text = formatPart(part);
    return part.kind === "visible" ? Array.from(text, escapeCharacter) : [escapeCharacter(text)];
  });
}
