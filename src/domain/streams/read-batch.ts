import { countFitting } from "../../channels/streams/stream-body.ts";
import type { StreamedEvent, StreamTarget } from "../../channels/streams/stream-batch.ts";
import type { Context } from "../../context.ts";
import { listEventsById } from "../../store/events/event-rows.ts";
import { WHOLE_EVENTS, type PageRow } from "../../store/events/page-columns.ts";
import type { BatchBounds } from "../../store/streams/stream-batches.ts";
import type { StreamRow } from "../../store/streams/stream-rows.ts";
import { fetchPageAfter, MAX_SCANNED_IN_STREAM } from "../events/fetch-page.ts";
import { streamListing } from "./stream-listing.ts";
import { MAX_BATCH_EVENTS } from "./stream-policy.ts";

/** The next events of a stream, oldest first. */
export interface ReadEvents {
  events: StreamedEvent[];
  /** The size of the body with these events, before compression. */
  bytes: number;
  /** Every event of the stream up to this ID has arrived, or is among `events`. */
  readTo: number;
  /** True if more events may follow. */
  hasMore: boolean;
}

/** What is read. */
interface Range {
  after: number;
  /** The limit for the size of the body, unless `bounds` say which events. A single larger event is read alone. */
  maxBytes: number;
  /** The batch that is stored with the stream. Exactly its events are read again. */
  bounds?: Pick<BatchBounds, "lastId" | "events"> | undefined;
}

export type StreamedListing = Pick<StreamRow, "listing" | "allowed_groups">;

/** Reads the next batch of a stream, in one query, unless its events are so large that a second query reads them. */
export async function readEvents(
  context: Context,
  stream: StreamedListing,
  target: StreamTarget,
  { after, maxBytes, bounds }: Range,
): Promise<ReadEvents> {
  const maxEvents = bounds?.events ?? MAX_BATCH_EVENTS;
  const listing = streamListing(stream, maxEvents + 1); // one more, to know if there are more
  const page = await fetchPageAfter(context.db, WHOLE_EVENTS, listing, `${after}`, {
    maxScanned: MAX_SCANNED_IN_STREAM,
  });
  const lastId = bounds?.lastId ?? Number.POSITIVE_INFINITY;
  const wanted = page.rows.slice(0, maxEvents).filter(({ id }) => id <= lastId);
  const events = await readWhole(context, bounds === undefined ? firstOf(wanted, maxBytes) : wanted);
  const options = { publicUrl: context.config.publicUrl, nowMs: context.now() };
  const limit = bounds === undefined ? maxBytes : Number.POSITIVE_INFINITY;
  const { count, bytes } = countFitting(target, events, { ...options, maxBytes: limit });
  const isCut = count < page.rows.length;
  return {
    events: events.slice(0, count),
    bytes,
    readTo: isCut ? (events[count - 1]?.id ?? after) : Number(page.last),
    hasMore: isCut || !page.isLast,
  };
}

/** Leaves out most of the events that cannot fit, before the large ones are read. Returns at least one event. */
function firstOf(rows: PageRow[], maxBytes: number): PageRow[] {
  let bytes = 0;
  const end = rows.findIndex(({ unread_bytes, json }, index) => {
    bytes += unread_bytes ?? json.length;
    return bytes > maxBytes && index > 0;
  });
  return end === -1 ? rows : rows.slice(0, end);
}

/** @throws Error if an event no longer exists */
async function readWhole({ db }: Context, rows: PageRow[]): Promise<StreamedEvent[]> {
  const unread = rows.filter(({ json }) => json === null).map(({ id }) => id);
  const found = unread.length === 0 ? [] : await listEventsById(db, unread);
  const byId = new Map(found.map(({ id, json }) => [id, json]));
  return rows.map(({ id, json }) => ({ id, json: json ?? byId.get(id) ?? failMissing(id) }));
}

function failMissing(id: number): never {
  throw new Error(`event ${id} of a stream no longer exists`);
}
