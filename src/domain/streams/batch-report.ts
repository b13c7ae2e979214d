import type { StreamOutcome, StreamReport, StreamTarget } from "../../channels/streams/stream-batch.ts";
import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import type { BatchBounds } from "../../store/streams/stream-batches.ts";
import type { ArchiveUnreadable } from "../archive/read-object.ts";

type Failure = Exclude<StreamOutcome, { kind: "arrived" }>;

/** The text for operators. If a single event was refused, the text names it. */
export function describeFailure(outcome: Failure, { firstId }: BatchBounds): string {
  switch (outcome.kind) {
    case "retry":
      return outcome.reason;
    case "too_large":
      return `event ${firstId} is too large for the receiver: ${outcome.reason}`;
    case "refused":
      return `event ${firstId} was refused by the receiver: ${outcome.reason}`;
  }
}

/** The text for operators. The stream has not lost its place. */
export function describeUnread({ reason }: ArchiveUnreadable): string {
  return `the archive cannot be read, so the stream waits, and tries again by itself: ${reason}`;
}

export function logUnread({ log }: Pick<Context, "log">, { id }: { id: number }, error: ArchiveUnreadable): void {
  log({ event: "stream_failed", stream: `${id}`, ...errorFields(error) });
}

export function logBatch(
  { log }: Pick<Context, "log">,
  target: StreamTarget,
  { firstId, lastId, events }: BatchBounds,
  { outcome, status }: StreamReport,
  durationMs: number,
): void {
  log({
    event: "stream_batch",
    stream: target.id,
    outcome: outcome.kind,
    events,
    first_event: firstId,
    last_event: lastId,
    status,
    reason: outcome.kind === "arrived" ? outcome.notice : outcome.reason,
    duration_ms: durationMs,
    origin: originOf(target),
  });
}

/** The rest of a URL may contain a secret. */
function originOf({ kind, destination }: StreamTarget): string | undefined {
  return URL.parse(kind === "s3" ? destination.endpoint : destination.url)?.origin;
}
