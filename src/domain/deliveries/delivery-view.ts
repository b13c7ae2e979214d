import { formatIso } from "../../lib/time.ts";
import type { Attempt, Delivery, DeliveryHistory, TestAttempt } from "../../schemas/delivery.ts";
import type { AttemptRow, DeliveryRow } from "../../store/deliveries/delivery-rows.ts";
import type { Attempt as MadeAttempt } from "./attempt-message.ts";

/** A delivery as it is served. When it is due is told while it has a next attempt. */
export function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: `${row.id}`,
    event_id: `${row.event_id}`,
    subscription_id: `${row.subscription_id}`,
    project: row.project,
    state: row.state,
    attempts: row.attempts,
    ...(row.state === "pending" && { next_attempt_at: formatIso(row.next_attempt_at) }),
    created_at: formatIso(row.created_at),
    ...(row.settled_at !== null && { settled_at: formatIso(row.settled_at) }),
  };
}

/** With these attempts; what receivers answered is for owners. */
export function toDeliveryHistory(row: DeliveryRow, attempts: AttemptRow[], toOwner: boolean): DeliveryHistory {
  return { ...toDelivery(row), history: attempts.map((attempt) => viewOfAttempt(attempt, toOwner)) };
}

function viewOfAttempt(row: AttemptRow, toOwner: boolean): Attempt {
  return {
    number: row.number,
    started_at: formatIso(row.started_at),
    ...(row.duration_ms !== null && { duration_ms: row.duration_ms }),
    outcome: row.outcome,
    ...(row.status !== null && { status: row.status }),
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.next_attempt_at !== null && { next_attempt_at: formatIso(row.next_attempt_at) }),
    ...(toOwner && row.response !== null && { response: withoutPaths(row.response) }),
  };
}

/** A sample's attempt, for an owner. */
export function toTestAttempt({ report, startedAt, endedAt }: MadeAttempt): TestAttempt {
  const { outcome, status, response } = report;
  return {
    started_at: formatIso(startedAt),
    duration_ms: endedAt - startedAt,
    outcome: outcome.kind,
    ...(status !== undefined && { status }),
    ...(outcome.kind !== "delivered" && { reason: outcome.reason }),
    ...(response !== undefined && { response: withoutPaths(response) }),
  };
}

/** The scheme and the rest of a URL, also as JSON may write it (https:\/\/…) and inside another one (https%3A%2F%2F…). */
const ANY_URL = /(https?)(?::|%3a)(?:\\?\/|%2f){2}([^\s"'<>]*)/gi;

/** A receiver may echo the URL that it was called by, which is a secret: its origin is enough to tell. */
function withoutPaths(text: string): string {
  return text.replace(ANY_URL, (_url, scheme: string, rest: string) => {
    const [authority = ""] = rest.split(/[/?#\\]|%2f|%3f/i, 1);
    const origin = `${scheme}://${authority.slice(authority.lastIndexOf("@") + 1)}`;
    return URL.canParse(origin) ? new URL(origin).origin : "…";
  });
}
