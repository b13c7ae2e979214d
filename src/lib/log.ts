import { writeJson } from "./json-writer.ts";

/**
 * Every log event with its level and fields. docs/operating.md explains each one; `npm run docs:check` compares both
 * lists.
 */
export const LOG_EVENTS = {
  request: info(
    "request_id",
    "method",
    "route",
    "status",
    "duration_ms",
    "d1_queries",
    "d1_rows_read",
    "d1_rows_written",
    "r2_gets",
  ),
  response_ended: info("request_id", "ended", "duration_ms", "d1_queries", "d1_rows_read", "r2_gets", "error"),
  request_failed: warn("request_id", "code", "error"),
  unexpected_error: fail("request_id", "error"),
  bookmark_refused: warn("request_id"),
  poll_failed: warn("request_id", "tried", "error"),
  poll_part_failed: warn("request_id", "error"),
  attempt: info("delivery", "subscription", "attempt", "outcome", "state", "status", "reason", "duration_ms", "origin"),
  batch: info("hints", "claimed", "delivered", "pending", "failed", "released", "duration_ms", "d1_queries"),
  claim_failed: warn("deliveries", "error"),
  delivery_unreadable: fail("delivery", "error"),
  settle_failed: warn("error"),
  slack_gate_failed: warn("error"),
  consume_failed: fail("queue", "messages", "error"),
  dead_letters: warn("deliveries"),
  unreadable_hints: warn("queue", "messages"),
  hint_failed: warn("deliveries", "error"),
  sweep_hinted: info("deliveries"),
  backlog: info("due", "is_more", "oldest_due_seconds"),
  released: info("deliveries"),
  release_failed: warn("error"),
  recovery_failed: warn("error"),
  log_appended: info("entries", "size", "is_more"),
  log_published: info("size"),
  log_stopped: fail("reason"),
  log_taken_over: warn("size", "entries", "lost_events", "is_more"),
  log_rewound: warn("size", "entries"),
  log_copy_repaired: warn("path"),
  log_copy_failed: warn("error"),
  ids_raised: warn("event_id"),
  log_mismatch: fail("event_id", "index", "reason", "mismatches"),
  archive_unavailable: warn("error"),
  archive_object_missing: fail("key"),
  archive_object_damaged: fail("key", "error"),
  log_hint_failed: warn("error"),
  archive_moved: info("first_event_id", "last_event_id", "events", "bytes"),
  archive_written_again: warn("key", "reason"),
  archive_move_stopped: fail("event_id", "reason"),
  log_cosigned: info("size", "witnesses"),
  witness_failed: warn("witness", "origin", "error"),
  witnesses_failed: warn("error"),
  events_deleted: info("event_id", "events"),
  d1_size_reached: warn("percent", "bytes"),
  sweep_item_failed: warn("task", "id", "error"),
  sweep_failed: fail("task", "error"),
} as const;

type LogEvent = keyof typeof LOG_EVENTS;
type Value = string | number | boolean | null | undefined;

/** A line must not contain a secret. Log only the origin of a URL. */
type LogLine = {
  [Name in LogEvent]: { event: Name; request_id?: Value } & {
    [Field in (typeof LOG_EVENTS)[Name]["fields"][number]]?: Value;
  };
}[LogEvent];

export type Log = (line: LogLine) => void;

export const consoleLog: Log = ({ event, ...fields }) =>
  console.log(writeJson({ event, level: LOG_EVENTS[event].level, ...fields }));

/** The name and message of an error. The stack is left out, because it could contain SQL or a URL. */
export function errorFields(error: unknown): { error: string } {
  return {
    error: error instanceof Error ? `${error.name}: ${error.message}` : "the thrown value is not an Error",
  };
}

function info<Field extends string>(...fields: Field[]) {
  return { level: "info", fields } as const;
}

function warn<Field extends string>(...fields: Field[]) {
  return { level: "warn", fields } as const;
}

function fail<Field extends string>(...fields: Field[]) {
  return { level: "error", fields } as const;
}
