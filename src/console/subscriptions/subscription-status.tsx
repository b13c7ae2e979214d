import type { Child } from "hono/jsx";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { UserText } from "../shared/untrusted-text.tsx";
import { RelativeTime } from "../shared/relative-time.tsx";

const MARKS = { active: "●", failing: "▲", held: "◐", disabled: "■" };

interface Standing {
  row: SubscriptionRow;
  now: number;
}

/** How a subscription does, in words, with a mark of its own for each. */
export function StatusLabel({ row, now }: Standing) {
  if (!row.enabled) return <Disabled row={row} now={now} />;
  if (row.failing_since !== null || row.probe_delivery_id !== null) return <Failing row={row} now={now} />;
  return (
    <Marked as="active">
      <b>Active</b>
    </Marked>
  );
}

function Disabled({ row: { disabled_at, disabled_reason }, now }: Standing) {
  return (
    <Marked as="disabled">
      <b>Disabled</b> {disabled_at !== null && <RelativeTime at={disabled_at} now={now} />}
      {disabled_reason !== null && (
        <>
          : <UserText text={disabled_reason} />
        </>
      )}
    </Marked>
  );
}

function Failing({ row: { failing_since, probe_delivery_id }, now }: Standing) {
  return (
    <Marked as={probe_delivery_id === null ? "failing" : "held"}>
      <b>Failing</b>
      {failing_since !== null && (
        <>
          {" "}
          since <RelativeTime at={failing_since} now={now} />
        </>
      )}
      {probe_delivery_id !== null && ". Held back: one delivery at a time is tried"}
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
