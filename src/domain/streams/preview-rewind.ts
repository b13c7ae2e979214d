import type { Context } from "../../context.ts";
import type { Behind } from "../../schemas/stream.ts";
import { findEventRange } from "../../store/streams/stream-rows.ts";
import type { Reader } from "../access/roles.ts";
import { getStreamRow } from "./list-streams.ts";
import { rewindTarget } from "./steer-stream.ts";
import { countBehind } from "./stream-view.ts";

/** What a rewind would do. */
export interface RewindPreview {
  /** The stream would go on after this ID. It is higher than the requested ID if retention has deleted later events. */
  after: string;
  /** The events that the stream would have to send. */
  behind: Behind;
}

/**
 * Counts what a rewind would send, without doing it.
 * @throws AppError `forbidden`; `not-found`; `conflict` if the stream has not come so far; `unavailable` if the archive
 * would have to be counted, and cannot be read
 */
export async function previewRewind(
  context: Context,
  reader: Reader,
  id: string,
  after: string,
): Promise<RewindPreview> {
  const row = await getStreamRow(context.db, reader, id);
  const { deletedTo } = await findEventRange(context.db);
  const target = rewindTarget(row, after, deletedTo);
  return { after: `${target}`, behind: await countBehind(context, { ...row, after_id: target }) };
}
