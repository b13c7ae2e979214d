import { codePointName, partsOf } from "../../event-text/invisible-characters.ts";

interface Value {
  text: string;
  /** The element's style draws each space: none needs a name. */
  areSpacesDrawn?: boolean;
}

/** A value that somebody else chose, as it is: what cannot be seen is named, and its direction stays its own. */
export function UserText({ text, areSpacesDrawn = false }: Value) {
  return (
    <bdi>
      {partsOf(text).map((part) =>
        part.kind === "seen" || (areSpacesDrawn && part.text === " ") ? (
          part.text
        ) : (
          <i class="unseen">{codePointName(part.text)}</i>
        ),
      )}
    </bdi>
  );
}

/** For beside a field, which shows nothing of what cannot be seen in it. */
export function UnseenInField({ field, text }: { field: string; text: string }) {
  const id = unseenInField(field, text);
  if (id === undefined) return <></>;
  return (
    <p id={id} class="aside">
      With what cannot be seen: <UserText text={text} />
    </p>
  );
}

/** The ID of what `UnseenInField` adds, for the field to be described by. */
export function unseenInField(field: string, text: string): string | undefined {
  return partsOf(text).some(({ kind }) => kind === "unseen") ? `${field}-unseen` : undefined;
}
