import type { Child } from "hono/jsx";

const MARKS = { active: "●", failing: "▲", held: "◐", disabled: "■" };

/** A status with a mark of a different shape for each kind, so that it does not depend on colour. */
export function MarkedStatus({ mark, children }: { mark: keyof typeof MARKS; children?: Child }) {
  return (
    <span class={`status ${mark}`}>
      <span class="mark" aria-hidden="true">
        {MARKS[mark]}
      </span>{" "}
      <span>{children}</span>
    </span>
  );
}
