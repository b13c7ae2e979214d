import { UserText } from "./untrusted-text.tsx";

const MAX_VISIBLE = 4;

/** Names, separated by commas. In a long list, the last names are hidden until it is opened. */
export function CollapsibleList({ names }: { names: readonly string[] }) {
  const visible = names.length <= MAX_VISIBLE + 1 ? MAX_VISIBLE + 1 : MAX_VISIBLE; // "and 1 more" would save no space
  const more = names.slice(visible);
  return (
    <>
      <Names names={names.slice(0, visible)} />
      {more.length > 0 && (
        <details class="more">
          <summary>and {more.length} more</summary>
          <Names names={more} />
        </details>
      )}
    </>
  );
}

function Names({ names }: { names: readonly string[] }) {
  return (
    <>
      {names.map((name, index) => (
        <span class="one">
          <UserText text={name} />
          {index < names.length - 1 && ","}
        </span>
      ))}
    </>
  );
}
