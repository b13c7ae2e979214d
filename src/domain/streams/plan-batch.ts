import type { StreamBatch, StreamOutcome, StreamTarget } from "../../channels/streams/stream-batch.ts";
import type { Context } from "../../context.ts";
import { parseEventFacts } from "../../schemas/event-json.ts";
import type { BatchBounds } from "../../store/streams/stream-batches.ts";
import { readEvents, type ReadEvents, type StreamedListing } from "./read-batch.ts";

/** A batch that is sent next. */
export interface PlannedBatch {
  bounds: BatchBounds;
  batch: StreamBatch;
  /** The size of the body, before compression. */
  bytes: number;
  /** True if more events may follow. */
  hasMore: boolean;
}

/** Where a stream goes on. */
export interface Position {
  /** Every event of the stream up to this ID has arrived, was skipped, or was recorded before the stream began. */
  after: number;
  maxBytes: number;
  /** The batch that is stored with the stream. It may have been sent. */
  stored: BatchBounds | undefined;
  /** A batch that ended at this ID was refused, and the refused event is not known yet. 0: no batch was. */
  refusedUpTo: number;
}

/** Events that the stream does not carry, up to an ID. */
export type NoEvents = Pick<ReadEvents, "readTo" | "hasMore">;

/**
 * Reads the next batch. If a batch is stored, reads exactly that one. If an event was refused together with others, the
 * batch has only half of these events, until the refused event is alone.
 */
export async function planBatch(
  context: Context,
  stream: StreamedListing,
  target: StreamTarget,
  { after, maxBytes, stored, refusedUpTo }: Position,
): Promise<PlannedBatch | NoEvents> {
  const read = await readEvents(context, stream, target, { after, maxBytes, bounds: stored });
  const { events, bytes, hasMore } = read;
  if (events.length === 0) return read;
  const suspects = events.filter(({ id }) => id <= refusedUpTo);
  const whole = { ...toBatch(context, read, stored), bytes, hasMore };
  return stored !== undefined || suspects.length === 0
    ? whole
    : withFirst(context, whole, suspects.length === 1 ? 1 : half(suspects.length));
}

/**
 * Returns the first part of a batch that was too large or refused. Undefined if the batch has a single event. If the
 * receiver named the refused event, the part ends before it.
 */
export function narrowBatch(
  context: Pick<Context, "uuid">,
  planned: PlannedBatch,
  outcome: Extract<StreamOutcome, { kind: "too_large" | "refused" }>,
): PlannedBatch | undefined {
  const { events } = planned.batch;
  if (events.length === 1) return undefined;
  const named = outcome.kind === "refused" ? events.findIndex(({ id }) => id === outcome.eventId) : -1;
  if (named === -1) return withFirst(context, planned, half(events.length));
  return withFirst(context, planned, Math.max(1, named));
}

function half(count: number): number {
  return Math.ceil(count / 2);
}

function withFirst(context: Pick<Context, "uuid">, planned: PlannedBatch, count: number): PlannedBatch {
  const { events, writtenAt } = planned.batch;
  if (count === events.length) return planned;
  const bytes = Math.ceil((planned.bytes * count) / events.length);
  return { ...toBatch(context, { events: events.slice(0, count), writtenAt }, undefined), bytes, hasMore: true };
}

/** A batch with the bounds of the stored one also has its `webhookId`. */
function toBatch(
  { uuid }: Pick<Context, "uuid">,
  { events, writtenAt }: Pick<StreamBatch, "events" | "writtenAt">,
  stored: BatchBounds | undefined,
): Pick<PlannedBatch, "bounds" | "batch"> {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) throw new RangeError("a batch needs an event");
  const range = { firstId: first.id, lastId: last.id };
  const isStored =
    stored !== undefined &&
    stored.firstId === range.firstId &&
    stored.lastId === range.lastId &&
    stored.events === events.length;
  const webhookId = isStored ? stored.webhookId : `msg_${uuid()}`;
  return {
    bounds: { ...range, events: events.length, webhookId },
    batch: { ...range, webhookId, firstRecordedAt: parseEventFacts(first.json).recorded_at, events, writtenAt },
  };
}
