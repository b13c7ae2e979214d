import { Plain } from "../plain.tsx";

/** Names in a row; what is more than `most` of them is folded. */
export function Several({ names, most = 4 }: { names: readonly string[]; most?: number }) {
  const more = names.slice(most);
  return (
    <>
      <Row names={names.slice(0, most)} />
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
          <Plain text={name} />
          {index < names.length - 1 && ","}
        </span>
      ))}
    </>
  );
}
