import { toSentence, type SentenceFields } from "../../event-text/sentence.ts";
import { LEVELS } from "../../schemas/scope.ts";
import type { EventWithoutData } from "../../store/events/event-rows.ts";
import { plainText } from "../../event-text/invisible-characters.ts";
import { UserText } from "./untrusted-text.tsx";

type Row = Omit<EventWithoutData, "allowed_groups">;

/** A longer value is cut to one line in lists. */
const MAX_UNCUT = 60;

/** "ann redeployed api to production of shop", with the values in bold. */
export function EventSentence({ row }: { row: Row }) {
  const pieces = toSentence(toSentenceFields(row));
  return (
    <>
      {pieces.map(({ kind, text }, index) => (
        <>
          {index > 0 && " "}
          {kind === "words" ? (
            text
          ) : (
            <b class={text.length > MAX_UNCUT ? "long" : undefined}>
              <UserText text={text} />
            </b>
          )}
        </>
      ))}
    </>
  );
}

/** The sentence as plain text, for a page's title. */
export function eventTitle(row: Row): string {
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
