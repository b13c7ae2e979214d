import type { Child } from "hono/jsx";
import type { SubscriptionRow } from "../../store/subscriptions/subscriptions.ts";
import { Plain } from "../frame/plain.tsx";
import { Moment } from "../frame/moment.tsx";

const MARKS = { active: "●", failing: "▲", held: "◐", disabled: "■" };

/** How a subscription does, in words, with a mark of its own for each. */
export function Status({ row, now }: { row: SubscriptionRow; now: number }) {
  if (!row.enabled) {
    return (
      <Marked as="disabled">
        <b>Disabled</b> {row.disabled_at !== null && <Moment at={row.disabled_at} now={now} />}
        {row.disabled_reason !== null && (
          <>
            : <Plain text={row.disabled_reason} />
          </>
        )}
      </Marked>
    );
  }
  const since = row.failing_since !== null && (
    <>
      {" "}
      since <Moment at={row.failing_since} now={now} />
    </>
  );
  if (row.probe_id !== null) {
    return (
      <Marked as="held">
        <b>Failing</b>
        {since}. Held back: one delivery at a time is tried
      </Marked>
    );
  }
  if (row.failing_since !== null) {
    return (
      <Marked as="failing">
        <b>Failing</b>
        {since}
      </Marked>
    );
  }
  return (
    <Marked as="active">
      <b>Active</b>
    </Marked>
  );
}

/** A few words with a mark, so that no colour tells alone. */
export function Marked({ as, children }: { as: keyof typeof MARKS; children?: Child }) {
  return (
    <span class={`status ${as}`}>
      <span class="mark" aria-hidden="true">
        {MARKS[as]}
      </span>{" "}
      <span>{children}</span>
    </span>
  );
}
