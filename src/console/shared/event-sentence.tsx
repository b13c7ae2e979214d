import { toSentence, type SentenceFields } from "../../event-text/sentence.ts";
import { LEVELS } from "../../schemas/scope.ts";
import type { EventWithoutData } from "../../store/events/event-rows.ts";
import { plainText } from "../../event-text/invisible-characters.ts";
import { UserText } from "./untrusted-text.tsx";

type Row = Omit<EventWithoutData, "allowed_groups">;

/** A list shows one line of what is longer, so that who did what is still read. */
const LONG = 60;

/** Who did what, and where; the values stand out. */
export function Sentence({ row }: { row: Row }) {
  const pieces = toSentence(toSentenceFields(row));
  return (
    <>
      {pieces.map(({ kind, text }, index) => (
        <>
          {index > 0 && " "}
          {kind === "words" ? (
            text
          ) : (
            <b class={text.length > LONG ? "long" : undefined}>
              <UserText text={text} />
            </b>
          )}
        </>
      ))}
    </>
  );
}

/** The same for a page's title. */
export function sentenceText(row: Row): string {
  return toSentence(toSentenceFields(row))
    .map(({ text }) => plainText(text))
    .join(" ");
}

const NAMES = ["username" as const, ...LEVELS.map(({ name }) => name)];

function toSentenceFields(row: Row): SentenceFields {
  const fields: SentenceFields = { type: row.type };
  for (const name of NAMES) {
    const value = row[name];
    if (value !== null) fields[name] = value;
  }
  return fields;
}
