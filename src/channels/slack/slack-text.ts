import type { PlainTextElement } from "@slack/types";
import type { Piece } from "../../event-text/sentence.ts";
import { bracketed, partsOf } from "../../event-text/invisible-characters.ts";

type Show = (character: string) => string;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const ZERO_WIDTH_SPACE = "\u200B";

/** Without Slack's formatting, mentions and links, which `plain_text` has none of; and with `:names:` left as they are. */
export function plainText(text: string): PlainTextElement {
  return { type: "plain_text", text, emoji: false };
}

// docs.slack.dev, "Formatting message text", "Escaping text": these three, and in plain_text too.
export function escape(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}

/** For text outside `plain_text`: also breaks up what Slack would format, mention or link. */
export function neutralised(text: string): string {
  return escape(text).replace(/&gt;|[*_~`:@#.]/g, (mark) =>
    mark === "&gt;" ? ZERO_WIDTH_SPACE + mark : mark + ZERO_WIDTH_SPACE,
  );
}

/** A value on one line, in at most `limit` UTF-16 units; cut where it is longer, never inside a character or an entity. */
export function shown(value: string, limit: number): string {
  return cut(charactersOf(value, escape), limit);
}

/** A sentence of at most `limit` UTF-16 units. Where it is longer its longest values are cut, and never our words. */
export function formatSentence(pieces: readonly Piece[], limit: number, show: Show = escape): string {
  const parts = pieces.map(({ kind, text }) => (kind === "words" ? text : charactersOf(text, show)));
  return joined(parts, limit, limit);
}

/** Words, and values character by character: these in at most `share` UTF-16 units each. */
function joined(parts: readonly (string | string[])[], limit: number, share: number): string {
  const text = parts.map((part) => (typeof part === "string" ? part : cut(part, share))).join(" ");
  const excess = text.length - limit;
  if (excess <= 0) return text;
  const values = parts.filter((part) => typeof part !== "string").length;
  return joined(parts, limit, share - Math.ceil(excess / values));
}

function cut(characters: string[], limit: number): string {
  const whole = characters.join("");
  if (whole.length <= limit) return whole;
  let length = 0;
  const end = characters.findIndex((character) => (length += character.length) >= limit);
  return `${characters.slice(0, end).join("")}…`;
}

/** What Slack draws, one by one: a character, or the name of one that would not be seen, turn the line around or break it. */
function charactersOf(value: string, show: Show): string[] {
  if (value === "") return ["(blank)"];
  return partsOf(value).flatMap((part) => {
    const text = bracketed(part);
    return part.kind === "seen" ? Array.from(text, show) : [show(text)];
  });
}
