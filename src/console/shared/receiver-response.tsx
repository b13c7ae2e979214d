import { Plain } from "./untrusted-text.tsx";

/** What a receiver said, line by line: `Plain` would show each line break as a character that cannot be seen. */
export function Answer({ text }: { text: string }) {
  return (
    <code class="answer">
      {text
        .trimEnd()
        .split(/\r?\n/)
        .map((line) => (
          <span>
            <Plain text={line} areSpacesDrawn />
          </span>
        ))}
    </code>
  );
}
