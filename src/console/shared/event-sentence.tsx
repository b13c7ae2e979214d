import type { Place } from "../../event-text/place-names.ts";
import { toSentence, type SentenceFields } from "../../event-text/sentence.ts";
import type { EventHead } from "../../store/events/event-rows.ts";
import { plainText } from "../../event-text/invisible-characters.ts";
import { UserText } from "./untrusted-text.tsx";

type Row = Omit<EventHead, "allowed_groups">;

/** A list shows one line of what is longer, so that who did what is still read. */
const LONG = 60;

/** Who did what, and where; the values stand out. */
export function Sentence({ row }: { row: Row }) {
  const pieces = toSentence(toldOf(row));
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
  return toSentence(toldOf(row))
    .map(({ text }) => plainText(text))
    .join(" ");
}

const NAMES: (Place | "username")[] = [
  "username",
  "inventory_project",
  "inventory_application",
  "inventory_version",
  "state_project",
  "state_environment",
  "state_deployment",
];

function toldOf(row: Row): SentenceFields {
  const told: SentenceFields = { type: row.type };
  for (const name of NAMES) {
    const value = row[name];
    if (value !== null) told[name] = value;
  }
  return told;
}
