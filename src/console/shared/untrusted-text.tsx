import { codePointName, splitParts } from "../../event-text/invisible-characters.ts";

interface UserTextProps {
  text: string;
  /** Leaves spaces as they are, for an element whose CSS preserves them. */
  keepsSpaces?: boolean;
}

/**
 * A text that came from outside. Invisible characters become code points. `bdi` keeps the direction of the text inside
 * it.
 */
export function UserText({ text, keepsSpaces = false }: UserTextProps) {
  return (
    <bdi>
      {splitParts(text).map((part) =>
        part.kind === "visible" || (keepsSpaces && part.text === " ") ? (
          part.text
        ) : (
          <i class="invisible">{codePointName(part.text)}</i>
        ),
      )}
    </bdi>
  );
}

/** A receiver's response body. Each line is a `UserText`, because a `UserText` shows a line break as a code point. */
export function ReceiverResponse({ text }: { text: string }) {
  return (
    <code class="receiver-response">
      {text
        .trimEnd()
        .split(/\r?\n/)
        .map((line) => (
          <span>
            <UserText text={line} keepsSpaces />
          </span>
        ))}
    </code>
  );
}

/** Goes below an input, because an input does not show invisible characters. Empty if the text has none. */
export function InvisibleCharacters({ field, text }: { field: string; text: string }) {
  const id = invisibleCharactersId(field, text);
  if (id === undefined) return <></>;
  return (
    <p id={id} class="muted">
      With its invisible characters: <UserText text={text} />
    </p>
  );
}

/** The ID of the element that `InvisibleCharacters` renders, for the input's `aria-describedby`. */
export function invisibleCharactersId(field: string, text: string): string | undefined {
  return splitParts(text).some(({ kind }) => kind === "invisible") ? `${field}-invisible` : undefined;
}
