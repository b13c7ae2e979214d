import type { KnownBlock } from "@slack/types";
import type { Event } from "../../schemas/event.ts";
import { toSentence, type Piece } from "../../event-text/sentence.ts";
import { contextBlock, eventLink } from "./slack-event.ts";
import { isWithinLimits, MAX_BLOCKS, MAX_HEADER, type Content } from "./slack-limits.ts";
import { neutralise, plainText, formatSentence } from "./slack-text.ts";

const BLOCKS_OF_AN_ENTRY = 2;
const MAX_ENTRIES = Math.floor((MAX_BLOCKS - 1) / BLOCKS_OF_AN_ENTRY);
/** The longest sentence in an entry. Longer names are cut, so that one event does not take the space of ten. */
const MAX_SENTENCE = 300;
/** The longest fallback text, and the longest sentence in it. */
const MAX_SUMMARY = 600;
const MAX_SUMMARY_SENTENCE = 150;

/** A message about several events: their number, and then the sentence, time and ID of each, in the given order. */
export function digestContent(events: readonly Event[], publicUrl?: string): Content {
  return {
    text: formatSummary(events),
    blocks: [
      { type: "header", text: plainText(formatSentence(toTitle(events), MAX_HEADER)) },
      ...events.flatMap((event) => toEntry(event, publicUrl)),
    ],
  };
}

/** How many events, counted from the first, fit in one message: at least one, unless there are none. */
export function countThatFit(events: readonly Event[], publicUrl?: string): number {
  let count = Math.min(events.length, MAX_ENTRIES);
  while (count > 1 && !isWithinLimits(digestContent(events.slice(0, count), publicUrl))) count -= 1;
  return count;
}

/** Each entry shows the ID, because names may be cut. */
function toEntry(event: Event, publicUrl: string | undefined): KnownBlock[] {
  return [
    { type: "section", text: plainText(formatSentence(toSentence(event), MAX_SENTENCE)) },
    contextBlock(event, eventLink(event, publicUrl) ?? plainText(`Event ${event.id}`)),
  ];
}

/** "12 events in shop", or "12 events" if they share no project. */
function toTitle(events: readonly Event[]): Piece[] {
  const project = sharedProject(events);
  if (project === undefined) return [{ kind: "words", text: `${events.length} events` }];
  return [
    { kind: "words", text: `${events.length} events in` },
    { kind: "value", text: project },
  ];
}

/** The project that all events name, in either tree. Projects of both trees share one namespace. */
function sharedProject([first, ...others]: readonly Event[]): string | undefined {
  return [first?.state_project, first?.inventory_project].find(
    (project) => project !== undefined && others.every((event) => isIn(event, project)),
  );
}

function isIn({ state_project, inventory_project }: Event, project: string): boolean {
  return state_project === project || inventory_project === project;
}

/** "3 events in shop – ann added a build for shop; ben signed up; and 1 more" */
function formatSummary(events: readonly Event[]): string {
  let text = formatSentence(toTitle(events), MAX_SUMMARY_SENTENCE, neutralise);
  for (const [index, event] of events.entries()) {
    const separator = index === 0 ? " – " : "; ";
    const longer = text + separator + formatSentence(toSentence(event), MAX_SUMMARY_SENTENCE, neutralise);
    const remainder = `; and ${events.length - index} more`;
    if (longer.length > MAX_SUMMARY - remainder.length) return text + remainder;
    text = longer;
  }
  return text;
}
