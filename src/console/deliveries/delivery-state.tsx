import type { BrowsedDelivery } from "../../domain/deliveries/browse-deliveries.ts";
import type { DeliveryState } from "../../schemas/delivery.ts";
import { usePage } from "../shared/page-context.tsx";
import { RelativeTime } from "../shared/relative-time.tsx";

export const DELIVERY_STATE_NAMES: Record<DeliveryState, string> = {
  pending: "Pending",
  held: "Held",
  delivered: "Delivered",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** SVG paths in a box of 16 × 16. */
const ICONS: Record<DeliveryState, string> = {
  pending: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 5v3l2 1.5",
  held: "M5.5 3.5v9M10.5 3.5v9",
  delivered: "M2.5 8.5 6 12l7.5-8",
  failed: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  cancelled: "M3 8h10",
};

interface DeliveryStateProps {
  browsed: BrowsedDelivery;
}

/** An icon, the state's name, and what the delivery waits for. */
export function DeliveryStateLabel({ browsed }: DeliveryStateProps) {
  const { state } = browsed.delivery;
  return (
    <p class={`state ${state}`}>
      <svg aria-hidden="true" viewBox="0 0 16 16" width="16" height="16">
        <path d={ICONS[state]} />
      </svg>
      <b>{DELIVERY_STATE_NAMES[state]}</b>
      <span class="muted">
        <StateDetail browsed={browsed} />
      </span>
    </p>
  );
}

function StateDetail({ browsed }: DeliveryStateProps) {
  switch (browsed.delivery.state) {
    case "pending":
      return <NextAttempt browsed={browsed} />;
    case "held":
      return <>{browsed.subscription?.enabled ? "until the receiver recovers" : "subscription disabled"}</>;
    case "cancelled":
      return <>subscription deleted</>;
    case "delivered":
    case "failed":
      return null;
  }
}

/** If an attempt is due within this time, a `RelativeTime` would show "due just now". */
const DUE_NOW_MS = 5000;

export function NextAttempt({ browsed: { delivery, isRunning } }: DeliveryStateProps) {
  const { now } = usePage();
  if (isRunning) return <>being sent</>;
  const { next_attempt_at: due = "" } = delivery;
  if (Date.parse(due) < now + DUE_NOW_MS) return <>due now</>;
  return (
    <>
      due <RelativeTime time={due} />
    </>
  );
}
