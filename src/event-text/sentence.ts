import type { Event } from "../schemas/event.ts";
import { millisecondsOf } from "../schemas/time.ts";
import { PHRASES } from "./phrases.ts";
import { INVENTORY, STATE, type Place } from "./place-names.ts";

/** A piece of a sentence: our own words, or a value that somebody else chose, which must be escaped where it is shown. */
export interface Piece {
  kind: "words" | "value";
  text: string;
}

/** What leads out to a place from the one inside it: "api in production of shop", "1.2 of api in shop". */
const WORD_BEFORE: Record<Place, string> = {
  inventory_version: "at",
  inventory_application: "of",
  inventory_project: "in",
  state_deployment: "at",
  state_environment: "in",
  state_project: "of",
};

/** As much of an event as is told. */
export type SentenceFields = Pick<Event, "type" | "username" | Place>;

/** Who did what, and where: "ann redeployed api to production of shop". The pieces are to be joined by spaces. */
export function toSentence(event: SentenceFields): Piece[] {
  const { did, to, lead, byItself } = PHRASES[event.type];
  const object = to && event[to.place];
  const subject = event.username === undefined ? words("Somebody") : value(event.username);
  if (to !== undefined && object !== undefined) {
    return [subject, words(to.did), value(object), ...placeOf(event, outside(to.place), lead)];
  }
  const deed = event.username === undefined && byItself ? [words(byItself)] : [subject, words(did)];
  return [...deed, ...placeOf(event, pathOf(event, to?.place), lead)];
}

/** "2025-11-23 00:53:20 UTC". The largest timestamp, of 19 digits, lies in 2286: well within what a Date can hold. */
export function utcTime(timestampNs: string): string {
  const iso = new Date(millisecondsOf(timestampNs)).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

function placeOf(event: SentenceFields, path: readonly Place[], lead: string): Piece[] {
  const names = path.flatMap((place) => {
    const name = event[place];
    return name === undefined ? [] : [{ place, name }];
  });
  return names.flatMap(({ place, name }, index) => [words(index === 0 ? lead : WORD_BEFORE[place]), value(name)]);
}

function outside(place: Place): readonly Place[] {
  const path = STATE.includes(place) ? STATE : INVENTORY;
  return path.slice(path.indexOf(place) + 1);
}

/** The path to tell when what it was done to has no name: that of its own kind, or else whatever the event does name. */
function pathOf(event: SentenceFields, kind: Place | undefined): readonly Place[] {
  const [own, other] = kind !== undefined && INVENTORY.includes(kind) ? [INVENTORY, STATE] : [STATE, INVENTORY];
  return own.some((place) => event[place] !== undefined) ? own : other;
}

function words(text: string): Piece {
  return { kind: "words", text };
}

function value(text: string): Piece {
  return { kind: "value", text };
}
