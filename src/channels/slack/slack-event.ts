import type { ContextBlock, MrkdwnElement, PlainTextElement } from "@slack/types";
import type { Event } from "../../schemas/event.ts";
import { LEVELS } from "../../schemas/scope.ts";
import { toSentence, utcTime } from "../../event-text/sentence.ts";
import { MAX_FALLBACK, MAX_FIELD, MAX_HEADER, type Content } from "./slack-limits.ts";
import { escape, neutralised, plainText, shown, formatSentence } from "./slack-text.ts";

/** The most specific names come first. */
const FIELDS = [{ label: "By", name: "username" as const }, ...LEVELS.toReversed()];

/** One event: the sentence as a header, its names in full below, and when it was. */
export function eventContent(event: Event, publicUrl?: string): Content {
  const sentence = toSentence(event);
  const fields = fieldsOf(event);
  return {
    text: formatSentence(sentence, MAX_FALLBACK, neutralised),
    blocks: [
      { type: "header", text: plainText(formatSentence(sentence, MAX_HEADER)) },
      ...(fields.length > 0 ? [{ type: "section" as const, fields }] : []),
      placeBlock(event, eventLink(event, publicUrl)),
    ],
  };
}

/** When it was and what it is called, and where to look. */
export function placeBlock(event: Event, link: PlainTextElement | MrkdwnElement | undefined): ContextBlock {
  const facts = [plainText(utcTime(event.timestamp)), plainText(event.type)];
  return { type: "context", elements: link === undefined ? facts : [...facts, link] };
}

/** The only formatting in a message: nothing in it comes from an event but the digits of the ID. */
export function eventLink({ id }: Event, publicUrl: string | undefined): MrkdwnElement | undefined {
  if (publicUrl === undefined) return undefined;
  return { type: "mrkdwn", text: `<${escape(publicUrl)}/events/${id}|Event ${id}>`, verbatim: true };
}

function fieldsOf(event: Event): PlainTextElement[] {
  return FIELDS.flatMap(({ label, name }) => {
    const value = event[name];
    return value === undefined ? [] : [plainText(`${label}: ${shown(value, MAX_FIELD - `${label}: `.length)}`)];
  });
}
