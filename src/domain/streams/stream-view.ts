import type { Context } from "../../context.ts";
import { formatIso } from "../../lib/time.ts";
import { MAX_COUNTED, type Behind, type Stream, type StreamStatus } from "../../schemas/stream.ts";
import type { StreamChange } from "../../schemas/stream-change.ts";
import { RECORDING_TIMES } from "../../store/events/page-columns.ts";
import type { StreamChangeRow, StreamRow } from "../../store/streams/stream-rows.ts";
import { ArchiveUnreadable } from "../archive/read-object.ts";
import { fetchPageAfter } from "../events/fetch-page.ts";
import { MAX_SCANNED_IN_STREAM } from "../events/listing-query.ts";
import { streamListing } from "./stream-listing.ts";

/** A stream as the functions of this folder return it, without its secret. */
export interface StreamView {
  /** Counts the changes by operators. */
  version: number;
  /** As the API serves it. */
  stream: Stream;
}

/** The stream is shown without `behind` if its next events are in the archive, and the archive cannot be read. */
export async function viewStream(context: Context, row: StreamRow): Promise<StreamView> {
  const behind = await countBehind(context, row).catch((error: unknown) => {
    if (!(error instanceof ArchiveUnreadable)) throw error;
    return undefined;
  });
  return { version: row.version, stream: toStream(row, behind) };
}

/**
 * Counts the events that have not arrived, up to `MAX_COUNTED`, in one query. With filters, the query may end before.
 * @throws ArchiveUnreadable
 */
export async function countBehind(context: Context, row: StreamRow): Promise<Behind> {
  const options = { maxScanned: MAX_SCANNED_IN_STREAM };
  const listing = streamListing(row, MAX_COUNTED);
  const { rows, isLast } = await fetchPageAfter(context, RECORDING_TIMES, listing, `${row.after_id}`, options);
  const [oldest] = rows;
  return {
    events: rows.length,
    ...(oldest && { since: formatIso(oldest.recorded_at) }),
    ...(!isLast && rows.length < MAX_COUNTED && { is_partial: true }),
  };
}

function toStream(row: StreamRow, behind: Behind | undefined): Stream {
  const { last_success_at, last_error, refused_event_id, next_attempt_at } = row;
  const status = statusOf(row);
  const stream = {
    id: `${row.id}`,
    name: row.name,
    kind: row.kind,
    destination: row.destination,
    format: row.format,
    listing: row.listing,
    ...(row.allowed_groups !== null && { allowed_groups: row.allowed_groups }),
    enabled: row.enabled,
    status,
    after: `${row.after_id}`,
    ...(behind && { behind }),
    ...(last_success_at !== null && { last_success_at: formatIso(last_success_at) }),
    ...(last_error !== null && { last_error }),
    ...(refused_event_id !== null && { refused_event: `${refused_event_id}` }),
    ...(status === "failing" && { next_attempt_at: formatIso(next_attempt_at) }),
    created_at: formatIso(row.created_at),
  };
  return stream as Stream; // the stored destination is of this kind
}

function statusOf({ enabled, failing_since }: StreamRow): StreamStatus {
  if (!enabled) return "paused";
  return failing_since === null ? "active" : "failing";
}

export function toStreamChange(row: StreamChangeRow): StreamChange {
  return {
    id: `${row.id}`,
    at: formatIso(row.at),
    ...(row.by !== null && { by: row.by }),
    action: row.action,
    stream_id: `${row.stream_id}`,
    details: row.details,
  };
}
