import type { ContextBlock, MrkdwnElement, PlainTextElement } from "@slack/types";
import type { Event } from "../../schemas/event.ts";
import { LEVELS } from "../../schemas/scope.ts";
import { toSentence, utcTime } from "../../event-text/sentence.ts";
import { MAX_FALLBACK, MAX_FIELD, MAX_HEADER, type Content } from "./slack-limits.ts";
import { escape, neutralise, plainText, formatValue, formatSentence } from "./slack-text.ts";

/** The most specific names come first. */
const FIELDS = [{ label: "By", name: "username" as const }, ...LEVELS.toReversed()];

/** A message about one event: its sentence as a header, its names in full, and its time. */
export function eventContent(event: Event, publicUrl?: string): Content {
  const sentence = toSentence(event);
  const fields = toFields(event);
  return {
    text: formatSentence(sentence, MAX_FALLBACK, neutralise),
    blocks: [
      { type: "header", text: plainText(formatSentence(sentence, MAX_HEADER)) },
      ...(fields.length > 0 ? [{ type: "section" as const, fields }] : []),
      contextBlock(event, eventLink(event, publicUrl)),
    ],
  };
}

/** The time and type of an event, and a link to it. */
export function contextBlock(event: Event, link: PlainTextElement | MrkdwnElement | undefined): ContextBlock {
  const details = [plainText(utcTime(event.timestamp)), plainText(event.type)];
  return { type: "context", elements: link === undefined ? details : [...details, link] };
}

/** The only mrkdwn in a message. The event's only part in it is the ID, which has no character to escape. */
export function eventLink({ id }: Event, publicUrl: string | undefined): MrkdwnElement | undefined {
  if (publicUrl === undefined) return undefined;
  return { type: "mrkdwn", text: `<${escape(publicUrl)}/events/${id}|Event ${id}>`, verbatim: true };
}

function toFields(event: Event): PlainTextElement[] {
  return FIELDS.flatMap(({ label, name }) => {
    const value = event[name];
    return value === undefined ? [] : [plainText(`${label}: ${formatValue(value, MAX_FIELD - `${label}: `.length)}`)];
  });
}
