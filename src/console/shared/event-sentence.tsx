import { toSentence, type SentenceFields } from "../../event-text/sentence.ts";
import { showInvisible } from "../../event-text/invisible-characters.ts";
import { UserText } from "./untrusted-text.tsx";

/** In lists, a longer value is cut to one line. */
const MAX_UNCUT = 60;

/** "ann redeployed api to production of shop", with the values in bold. */
export function EventSentence({ event }: { event: SentenceFields }) {
  const pieces = toSentence(event);
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
export function eventTitle(event: SentenceFields): string {
  return toSentence(event)
    .map(({ text }) => showInvisible(text))
    .join(" ");
}
