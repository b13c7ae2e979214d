import { isPayload, type Payload } from "./payloads.ts";

/** A Slack message as a person reads it, without bold and links. */
export function plainText(message: Payload): string {
  const blocks = textsIn(message["blocks"] ?? message["attachments"]);
  const texts = blocks.length > 0 ? blocks : textsIn(message["text"]);
  return texts.map(withoutMarkup).join("\n");
}

/** Everything in a message that a person could read. */
export function allTexts(message: Payload): string {
  return textsIn(message).map(withoutMarkup).join("\n");
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item));
  if (!isPayload(value)) return [];
  return ["text", "fields", "elements", "blocks", "attachments"].flatMap((key) => textsIn(value[key]));
}

function withoutMarkup(text: string): string {
  return text
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, "$1")
    .replace(/<[^|>]*\|([^>]*)>/g, "$1")
    .replace(/<([^>]*)>/g, "$1")
    .replace(/(^|[\s(])([*_`~])(\S(?:.*?\S)?)\2(?=$|[\s).,:;])/gm, "$1$3")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");
}
