import { forgetEntries, forgetEvents } from "../../store/archive/forget-rows.ts";
import { deleteMove, type Move } from "../../store/archive/move-row.ts";
import type { Mover } from "./mover.ts";

/** D1 counts each deleted row as a written row. */
const ENTRIES_A_STEP = 5_000;
const EVENTS_A_STEP = 2_000;

/** The progress of a move that has only events left to delete. */
const ENTRIES_ARE_GONE = -1;

/**
 * Deletes the rows of the moved events from D1, first the entries of the feeds and then the events. The progress is the
 * next feed that may have such entries. Returns undefined when the move is done.
 */
export async function forgetSegment(mover: Mover, move: Move): Promise<Move | undefined> {
  const { db } = mover.context;
  if (move.progress !== ENTRIES_ARE_GONE) {
    const segment = { first: move.first_event_id, last: move.last_event_id };
    const next = await forgetEntries(db, segment, move.progress, ENTRIES_A_STEP);
    return mover.mark(move, "forget", next ?? ENTRIES_ARE_GONE);
  }
  const forgotten = await forgetEvents(db, move.last_event_id, EVENTS_A_STEP);
  if (forgotten === EVENTS_A_STEP) return mover.mark(move, "forget", ENTRIES_ARE_GONE);
  await deleteMove(db, mover.token);
  return undefined;
}
