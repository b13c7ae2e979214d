import type { KnownBlock } from "@slack/types";
import type { Event } from "../../schemas/event.ts";
import { toSentence, type Piece } from "../../event-text/sentence.ts";
import { placeBlock, eventLink } from "./slack-event.ts";
import { isWithinLimits, MAX_BLOCKS, MAX_HEADER, type Content } from "./slack-limits.ts";
import { neutralised, plainText, formatSentence } from "./slack-text.ts";

const BLOCKS_OF_AN_ENTRY = 2;
const MAX_ENTRIES = Math.floor((MAX_BLOCKS - 1) / BLOCKS_OF_AN_ENTRY);
/** Of an entry: names that are longer are cut, for one event should not take the room of ten. */
const MAX_SENTENCE = 300;
/** Of the fallback, and of each sentence in it. */
const MAX_GLANCE = 600;
const MAX_GLIMPSE = 150;

/** Several events: how many they are, then each with its sentence, its time and its ID, in the given order. */
export function digestContent(events: readonly Event[], publicUrl?: string): Content {
  return {
    text: glanceAt(events),
    blocks: [
      { type: "header", text: plainText(formatSentence(titleOf(events), MAX_HEADER)) },
      ...events.flatMap((event) => entryOf(event, publicUrl)),
    ],
  };
}

/** How many of the leading events one message can tell of: at least one, where there are any. */
export function countThatFit(events: readonly Event[], publicUrl?: string): number {
  let count = Math.min(events.length, MAX_ENTRIES);
  while (count > 1 && !isWithinLimits(digestContent(events.slice(0, count), publicUrl))) count -= 1;
  return count;
}

/** The ID stands in each entry, for names may be cut. */
function entryOf(event: Event, publicUrl: string | undefined): KnownBlock[] {
  return [
    { type: "section", text: plainText(formatSentence(toSentence(event), MAX_SENTENCE)) },
    placeBlock(event, eventLink(event, publicUrl) ?? plainText(`Event ${event.id}`)),
  ];
}

/** "12 events in shop", or "12 events" where they share no project. */
function titleOf(events: readonly Event[]): Piece[] {
  const project = sharedProject(events);
  if (project === undefined) return [{ kind: "words", text: `${events.length} events` }];
  return [
    { kind: "words", text: `${events.length} events in` },
    { kind: "value", text: project },
  ];
}

/** State projects and inventory projects share one namespace: either may be what the events have in common. */
function sharedProject([first, ...others]: readonly Event[]): string | undefined {
  return [first?.state_project, first?.inventory_project].find(
    (project) => project !== undefined && others.every((event) => isIn(event, project)),
  );
}

function isIn({ state_project, inventory_project }: Event, project: string): boolean {
  return state_project === project || inventory_project === project;
}

/** "3 events in shop – ann added a build for shop; ben signed up; and 1 more" */
function glanceAt(events: readonly Event[]): string {
  let text = formatSentence(titleOf(events), MAX_GLIMPSE, neutralised);
  for (const [index, event] of events.entries()) {
    const separator = index === 0 ? " – " : "; ";
    const longer = text + separator + formatSentence(toSentence(event), MAX_GLIMPSE, neutralised);
    const remainder = `; and ${events.length - index} more`;
    if (longer.length > MAX_GLANCE - remainder.length) return text + remainder;
    text = longer;
  }
  return text;
}
