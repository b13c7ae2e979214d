import type { BrowsedDelivery } from "../../domain/deliveries/browse-deliveries.ts";
import type { DeliveryState } from "../../schemas/delivery.ts";
import { usePage } from "../shared/page-context.tsx";
import { RelativeTime } from "../shared/relative-time.tsx";

export const STATE_NAMES: Record<DeliveryState, string> = {
  pending: "Pending",
  held: "Held",
  delivered: "Delivered",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** Drawn in a box of 16 with round lines. */
const MARKS: Record<DeliveryState, string> = {
  pending: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 5v3l2 1.5",
  held: "M5.5 3.5v9M10.5 3.5v9",
  delivered: "M2.5 8.5 6 12l7.5-8",
  failed: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  cancelled: "M3 8h10",
};

interface Stated {
  browsed: BrowsedDelivery;
}

/** How it stands, by a mark and a word; and what it waits for. */
export function State({ browsed }: Stated) {
  const { state } = browsed.delivery;
  return (
    <p class={`state ${state}`}>
      <svg aria-hidden="true" viewBox="0 0 16 16" width="16" height="16">
        <path d={MARKS[state]} />
      </svg>
      <b>{STATE_NAMES[state]}</b>
      <span class="aside">
        <Outlook browsed={browsed} />
      </span>
    </p>
  );
}

function Outlook({ browsed }: Stated) {
  switch (browsed.delivery.state) {
    case "pending":
      return <Due browsed={browsed} />;
    case "held":
      return <>{browsed.subscription?.enabled ? "until its receiver recovers" : "subscription disabled"}</>;
    case "cancelled":
      return <>subscription gone</>;
    case "delivered":
    case "failed":
      return null;
  }
}

/** A `Moment` nearer than this would say "just now". */
const AT_ONCE_MS = 5000;

export function Due({ browsed: { delivery, isRunning } }: Stated) {
  const { now } = usePage();
  if (isRunning) return <>being sent</>;
  const { next_attempt_at: due = "" } = delivery;
  if (Date.parse(due) < now + AT_ONCE_MS) return <>due now</>;
  return (
    <>
      due <RelativeTime time={due} />
    </>
  );
}
