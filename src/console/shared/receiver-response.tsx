import { UserText } from "./untrusted-text.tsx";

/** What a receiver said, line by line: `Plain` would show each line break as a character that cannot be seen. */
export function ReceiverResponse({ text }: { text: string }) {
  return (
    <code class="answer">
      {text
        .trimEnd()
        .split(/\r?\n/)
        .map((line) => (
          <span>
            <UserText text={line} areSpacesDrawn />
          </span>
        ))}
    </code>
  );
}
