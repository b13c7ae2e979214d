import { toHex } from "../../lib/crypto.ts";
import { compress } from "../../segments/compression.ts";
import { BUNDLE_EVENTS } from "../../segments/manifest.ts";
import { bundleKey } from "../../segments/object-names.ts";
import { writeOpenedLine } from "../../segments/opened-lines.ts";
import { findIdBefore } from "../../store/archive/movable-events.ts";
import type { Move } from "../../store/archive/move-row.ts";
import { bundlesQuery, type BundleRow } from "../../store/log/bundle-rows.ts";
import { eventsAfterQuery, type OpenableEvent } from "../../store/log/openable-events.ts";
import { runBatch } from "../../store/query.ts";
import { findRunningLog } from "./choose-segment.ts";
import { entriesByIndex, firstIndexOf, logBundlesOf, requireLogged } from "./expected-entries.ts";
import { MoveRefused, type Mover } from "./mover.ts";

/** The limit for the events of one query, which are all in memory. */
const MAX_BYTES = 4_000_000;

/** The part of a bundle that is read next. */
interface BundlePart {
  number: number;
  /** The ID of the last event before this part. */
  afterId: number;
  events: number;
  /** The index of the entry of the first event. Null: no log is running. */
  index: number | null;
}

/** Writes the events of the segment, bundle by bundle. The progress is the number of bundles that are written. */
export async function writeBundles(mover: Mover, move: Move): Promise<Move> {
  const { context } = mover;
  const firstIndex = (await findRunningLog(context)) === "none" ? null : await firstIndexOf(context.db, move);
  let afterId = await findIdBefore(context.db, move.first_event_id, move.progress * BUNDLE_EVENTS);
  let next = move;
  while (next.phase === "bundles" && !mover.mustStop) {
    const number = next.progress;
    const done = number * BUNDLE_EVENTS;
    const events = Math.min(BUNDLE_EVENTS, move.events - done);
    const part = { number, afterId, events, index: firstIndex === null ? null : firstIndex + done };
    const { content, lastId } = await readBundle(mover, move, part);
    await mover.put(bundleKey({ first: move.first_event_id, last: move.last_event_id }, number), compress(content));
    afterId = lastId;
    next =
      done + events < move.events
        ? await mover.mark(move, "bundles", number + 1)
        : await mover.mark(move, "postings", 0);
  }
  return next;
}

/** @throws MoveRefused if the events are not those that the log commits to, or if some are missing */
async function readBundle(
  mover: Mover,
  move: Move,
  part: BundlePart,
): Promise<{ content: Uint8Array; lastId: number }> {
  const { events, index } = part;
  const chunks: Uint8Array[] = [];
  let [read, afterId] = [0, part.afterId];
  while (read < events) {
    const slice = await readSlice(mover, move, {
      ...part,
      afterId,
      events: events - read,
      index: index === null ? null : index + read,
    });
    const last = slice.at(-1);
    if (last === undefined) throw new MoveRefused(afterId, "Events that follow this one are missing.");
    const lines = slice.map(({ opening, json }, at) =>
      writeOpenedLine({
        index: index === null ? null : index + read + at,
        opening: opening === null ? "" : toHex(opening),
        json,
      }),
    );
    chunks.push(new TextEncoder().encode(lines.join("")));
    [read, afterId] = [read + slice.length, last.id];
  }
  return { content: Buffer.concat(chunks), lastId: afterId };
}

/** Reads the next events of a bundle, and compares them with the log. */
async function readSlice(
  { context }: Mover,
  move: Move,
  { afterId, events, index }: BundlePart,
): Promise<OpenableEvent[]> {
  const [slice, bundles] = await runBatch<[OpenableEvent[], BundleRow[]]>(
    context.db,
    eventsAfterQuery(context.db, { afterId, lastId: move.last_event_id }, { events, bytes: MAX_BYTES }),
    bundlesQuery(context.db, index === null ? [] : logBundlesOf(index, events)),
  );
  if (index !== null) requireLogged(slice, index, entriesByIndex(bundles));
  return slice;
}
