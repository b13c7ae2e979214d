import { writeEvents } from "../../channels/streams/stream-body.ts";
import type { StreamedEvent, StreamTarget, WrittenEvent } from "../../channels/streams/stream-batch.ts";
import type { Context } from "../../context.ts";
import type { PageRow } from "../../store/events/page-columns.ts";
import type { BatchBounds } from "../../store/streams/stream-batches.ts";
import type { StreamRow } from "../../store/streams/stream-rows.ts";
import type { Reading } from "../archive/reading.ts";
import { listEventsById } from "../events/events-by-id.ts";
import { fetchLinesAfter } from "../events/fetch-lines.ts";
import type { PageAfter } from "../events/fetch-page.ts";
import { MAX_SCANNED_IN_STREAM } from "../events/listing-query.ts";
import { streamListing } from "./stream-listing.ts";
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from "./stream-policy.ts";

/** The next events of a stream, oldest first. */
export interface ReadEvents {
  events: WrittenEvent[];
  /** When they were written, in milliseconds since 1970. */
  writtenAt: number;
  /** The size of the body with these events, before compression. */
  bytes: number;
  /** Every event of the stream up to this ID has arrived, or is among `events`. */
  readTo: number;
  /** True if more events may follow. */
  hasMore: boolean;
}

/** The part of a stream that is read. */
interface ReadRequest {
  after: number;
  /** The limit for the size of the body. It does not apply if `bounds` name the events. A single larger event is read alone. */
  maxBytes: number;
  /** The batch that is stored with the stream. Exactly its events are read again. */
  bounds?: Pick<BatchBounds, "lastId" | "events"> | undefined;
}

export type StreamedListing = Pick<StreamRow, "listing" | "allowed_groups">;

/** Reads the next batch of a stream in one query. If the events are in the archive or large, more queries may be needed. */
export async function readEvents(
  context: Context,
  stream: StreamedListing,
  target: StreamTarget,
  { after, maxBytes, bounds }: ReadRequest,
): Promise<ReadEvents> {
  const maxEvents = bounds?.events ?? MAX_BATCH_EVENTS;
  const lastId = bounds?.lastId ?? Number.POSITIVE_INFINITY;
  const page = await fetchPages(context, stream, `${after}`, {
    size: maxEvents + 1, // one more, to know if there are more
    maxBytes: bounds === undefined ? maxBytes : MAX_BATCH_BYTES,
    upTo: bounds?.lastId ?? 0,
  });
  const wanted = page.rows.slice(0, maxEvents).filter(({ id }) => id <= lastId);
  const whole = await readWhole(context, bounds === undefined ? firstOf(wanted, maxBytes) : wanted);
  const writtenAt = context.now();
  const { events, bytes } = writeEvents(target, whole, {
    publicUrl: context.config.publicUrl,
    nowMs: writtenAt,
    maxBytes: bounds === undefined ? maxBytes : Number.POSITIVE_INFINITY,
  });
  const isCut = events.length < page.rows.length;
  return {
    events,
    writtenAt,
    bytes,
    readTo: isCut ? (events.at(-1)?.id ?? after) : Number(page.last),
    hasMore: isCut || !page.isLast,
  };
}

/**
 * Fetches one page, or as many as are needed to come to `upTo`. A batch that was read in one page may be in several pages
 * now, because its events have been moved to the archive, or because the stream has another format.
 */
async function fetchPages(
  reading: Reading,
  stream: StreamedListing,
  after: string,
  { size, maxBytes, upTo }: { size: number; maxBytes: number; upTo: number },
): Promise<PageAfter<PageRow>> {
  const options = { maxScanned: MAX_SCANNED_IN_STREAM, maxBytes };
  let page = await fetchLinesAfter(reading, streamListing(stream, size), after, options);
  while (Number(page.last) < upTo && !page.isLast && page.rows.length < size) {
    const { rows, last } = page;
    const next = streamListing(stream, size - rows.length);
    const following = await fetchLinesAfter(reading, next, last, options);
    page = { ...following, rows: [...rows, ...following.rows] };
  }
  return page;
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
async function readWhole(reading: Reading, rows: PageRow[]): Promise<StreamedEvent[]> {
  const unread = rows.filter(({ json }) => json === null).map(({ id }) => id);
  const found = unread.length === 0 ? [] : await listEventsById(reading, unread);
  const byId = new Map(found.map(({ id, json }) => [id, json]));
  return rows.map(({ id, json }) => ({ id, json: json ?? byId.get(id) ?? failMissing(id) }));
}

function failMissing(id: number): never {
  throw new Error(`event ${id} of a stream no longer exists`);
}
