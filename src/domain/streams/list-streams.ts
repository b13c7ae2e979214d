import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { inParallel } from "../../lib/in-parallel.ts";
import type { StreamChange, StreamChangesQuery } from "../../schemas/stream-change.ts";
import { Decimal } from "../../schemas/text.ts";
import type { Database } from "../../store/database.ts";
import { findStream, listStreamChanges, listStreams, type StreamRow } from "../../store/streams/stream-rows.ts";
import { NEWEST } from "../../store/events/feed-range.ts";
import { requireOperator, type Reader } from "../access/roles.ts";
import type { Cursor } from "../events/listing-query.ts";
import { toStreamChange, viewStream, type StreamView } from "./stream-view.ts";

/** Each stream is counted in its own query. */
const COUNTED_AT_ONCE = 5;

/** @throws AppError `forbidden` if the reader is not an operator */
export async function listAllStreams(context: Context, reader: Reader): Promise<StreamView[]> {
  requireOperator(reader);
  return inParallel(await listStreams(context.db), COUNTED_AT_ONCE, (row) => viewStream(context, row));
}

/** @throws AppError `forbidden`; `not-found` */
export async function getStream(context: Context, reader: Reader, id: string): Promise<StreamView> {
  return viewStream(context, await getStreamRow(context.db, reader, id));
}

/**
 * The row of a stream, with its secret. Only verbs that send or plan a change use it, and none returns it.
 * @throws AppError `forbidden`; `not-found`
 */
export async function getStreamRow(db: Database, reader: Reader, id: string): Promise<StreamRow> {
  requireOperator(reader);
  const row = Decimal.safeParse(id).success ? await findStream(db, Number(id)) : undefined;
  if (row === undefined) throw new AppError("not-found", "There is no stream with this ID.");
  return row;
}

/** A page of what operators did. */
export interface StreamChangePage {
  changes: StreamChange[];
  /** The cursor of the next page, if there is one. After an ID, there is always one, for the next poll. */
  next: Cursor | undefined;
}

/** @throws AppError `forbidden` if the reader is not an operator */
export async function listChanges(
  { db }: Context,
  reader: Reader,
  { page_size: size, page_from, page_after }: StreamChangesQuery,
): Promise<StreamChangePage> {
  requireOperator(reader);
  if (page_after !== undefined) {
    const rows = await listStreamChanges(db, { after: toId(page_after) }, size);
    return { changes: rows.map(toStreamChange), next: { page_after: `${rows.at(-1)?.id ?? page_after}` } };
  }
  const rows = await listStreamChanges(db, { before: toId(page_from ?? NEWEST) }, size + 1);
  const page = rows.slice(0, size);
  const next = rows.length > size ? { page_from: `${page.at(-1)?.id}` } : undefined;
  return { changes: page.map(toStreamChange), next };
}

/** A decimal may be higher than every ID. */
function toId(decimal: string): number {
  return Math.min(Number(decimal), Number.MAX_SAFE_INTEGER);
}
