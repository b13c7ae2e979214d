import { UserText } from "./untrusted-text.tsx";

const MOST = 4;

/** Names in a row; where there are many, those after the first are folded. */
export function CollapsibleList({ names }: { names: readonly string[] }) {
  const shown = names.length <= MOST + 1 ? MOST + 1 : MOST; // "and 1 more" takes the room of the one
  const more = names.slice(shown);
  return (
    <>
      <Row names={names.slice(0, shown)} />
      {more.length > 0 && (
        <details class="more">
          <summary>and {more.length} more</summary>
          <Row names={more} />
        </details>
      )}
    </>
  );
}

function Row({ names }: { names: readonly string[] }) {
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
