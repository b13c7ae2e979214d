import { formatIso } from "../../lib/time.ts";
import type { Attempt, Delivery, DeliveryHistory, TestAttempt } from "../../schemas/delivery.ts";
import type { AttemptRow, DeliveryRow } from "../../store/deliveries/delivery-rows.ts";
import type { Attempt as MadeAttempt } from "./attempt-message.ts";

/** `next_attempt_at` is only set while the delivery is pending. */
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

/** Only owners see the receivers' responses. */
export function toDeliveryHistory(row: DeliveryRow, attempts: AttemptRow[], toOwner: boolean): DeliveryHistory {
  return { ...toDelivery(row), history: attempts.map((attempt) => toAttempt(attempt, toOwner)) };
}

function toAttempt(row: AttemptRow, toOwner: boolean): Attempt {
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

/** The attempt of a test message. Only owners see it. */
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

/** A URL, as its scheme and the rest. JSON may write it as https:\/\/…, and a query string as https%3A%2F%2F…. */
const ANY_URL = /(https?)(?::|%3a)(?:\\?\/|%2f){2}([^\s"'<>]*)/gi;

/** A response may repeat the URL of the request, which is a secret. So only the origin of each URL is kept. */
function withoutPaths(text: string): string {
  return text.replace(ANY_URL, (_url, scheme: string, rest: string) => {
    const [authority = ""] = rest.split(/[/?#\\]|%2f|%3f/i, 1);
    const origin = `${scheme}://${authority.slice(authority.lastIndexOf("@") + 1)}`;
    return URL.canParse(origin) ? new URL(origin).origin : "…";
  });
}
