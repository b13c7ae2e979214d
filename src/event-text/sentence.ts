import type { Event } from "../schemas/event.ts";
import { LEVELS_BY_TREE, type LevelName } from "../schemas/scope.ts";
import { formatIso, nsToMs } from "../lib/time.ts";
import { PHRASES } from "./phrases.ts";

/** A piece of a sentence. `words` come from this service. A `value` comes from the event, so it must be escaped. */
export interface Piece {
  kind: "words" | "value";
  text: string;
}

/** The preposition between a name and the name before it: "api in production of shop", "1.2 of api in shop". */
const PREPOSITION: Record<LevelName, string> = {
  inventory_version: "at",
  inventory_application: "of",
  inventory_project: "in",
  state_deployment: "at",
  state_environment: "in",
  state_project: "of",
};

/** The levels of each tree from the bottom up: a sentence names the most specific place first. */
const INVENTORY = LEVELS_BY_TREE.inventory.map(({ name }) => name).toReversed();
const STATE = LEVELS_BY_TREE.state.map(({ name }) => name).toReversed();

/** The fields of an event that a sentence needs. */
export type SentenceFields = Pick<Event, "type" | "username" | LevelName>;

/** Who did what, and where: "ann redeployed api to production of shop". Join the pieces with spaces. */
export function toSentence(event: SentenceFields): Piece[] {
  const { verb, object, preposition, withoutActor } = PHRASES[event.type];
  const objectName = object && event[object.level];
  const subject = event.username === undefined ? words("Somebody") : value(event.username);
  if (object !== undefined && objectName !== undefined) {
    return [
      subject,
      words(object.verb),
      value(objectName),
      ...describePlace(event, levelsAbove(object.level), preposition),
    ];
  }
  const start = event.username === undefined && withoutActor ? [words(withoutActor)] : [subject, words(verb)];
  return [...start, ...describePlace(event, chooseTree(event, object?.level), preposition)];
}

/** "2025-11-23 00:53:20 UTC". A timestamp of 19 digits is at the latest in 2286, which a `Date` can hold. */
export function utcTime(timestampNs: string): string {
  const iso = formatIso(nsToMs(timestampNs));
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

function describePlace(event: SentenceFields, levels: readonly LevelName[], preposition: string): Piece[] {
  const named = levels.flatMap((level) => {
    const name = event[level];
    return name === undefined ? [] : [{ level, name }];
  });
  return named.flatMap(({ level, name }, index) => [
    words(index === 0 ? preposition : PREPOSITION[level]),
    value(name),
  ]);
}

function levelsAbove(level: LevelName): readonly LevelName[] {
  const levels = STATE.includes(level) ? STATE : INVENTORY;
  return levels.slice(levels.indexOf(level) + 1);
}

/**
 * The tree whose names the sentence shows: that of the phrase's object, or State if there is no object. If the event
 * has no name in that tree, it is the other tree.
 */
function chooseTree(event: SentenceFields, objectLevel: LevelName | undefined): readonly LevelName[] {
  const isInventory = objectLevel !== undefined && INVENTORY.includes(objectLevel);
  const [own, other] = isInventory ? [INVENTORY, STATE] : [STATE, INVENTORY];
  return own.some((level) => event[level] !== undefined) ? own : other;
}

function words(text: string): Piece {
  return { kind: "words", text };
}

function value(text: string): Piece {
  return { kind: "value", text };
}
