import type { Context } from "../../context.ts";
import { findMove, insertMove, leaseMove, markMoved, releaseMove, type Move } from "../../store/archive/move-row.ts";
import { chooseSegment, SEGMENT_SIZES, type SegmentSizes } from "./choose-segment.ts";
import { fillDirectory } from "./fill-directory.ts";
import { forgetSegment } from "./forget-segment.ts";
import { LeaseLost, MoveRefused, Mover, NotAsWritten } from "./mover.ts";
import { writeBundles } from "./write-bundles.ts";
import { writePostings } from "./write-postings.ts";

type Step = (mover: Mover, move: Move) => Promise<Move | undefined>;

/** One step of each phase. A step is bounded, and can be done twice: the second time, it changes nothing. */
const STEPS: Record<Move["phase"], Step> = {
  bundles: writeBundles,
  postings: writePostings,
  directory: fillDirectory,
  forget: forgetSegment,
};

const GIGABYTE = 1_000_000_000;

/**
 * Moves the oldest events to the bucket while D1 has more than HOT_GIGABYTES, one segment at a time. One invocation
 * does a limited number of steps. A move that has begun is always finished. Does nothing without the binding ARCHIVE,
 * or while another invocation works on the move. Returns false if there was nothing to do, or if the move cannot go on.
 * @throws AppError `unavailable`, if the bucket does not respond. The next sweep continues.
 */
export async function moveHistory(context: Context, sizes: SegmentSizes = SEGMENT_SIZES): Promise<boolean> {
  const { archive, config, db } = context;
  if (archive === undefined) return false;
  const { isMoving, databaseBytes } = await findMove(db);
  if (!isMoving && databaseBytes <= config.hotGigabytes * GIGABYTE) return false;
  const mover = new Mover(context, archive, sizes);
  const move = isMoving ? await leaseMove(db, mover.lease) : await begin(mover, sizes);
  if (move === undefined) return false;
  try {
    return await advance(mover, move);
  } finally {
    await releaseMove(db, mover.token);
  }
}

async function begin(mover: Mover, sizes: SegmentSizes): Promise<Move | undefined> {
  const segment = await chooseSegment(mover.context, sizes);
  return segment && insertMove(mover.context.db, segment, mover.lease);
}

/** Returns false if the move cannot go on. */
async function advance(mover: Mover, begun: Move): Promise<boolean> {
  const { db, log } = mover.context;
  try {
    let move: Move | undefined = begun;
    while (move !== undefined && !mover.mustStop) move = await STEPS[move.phase](mover, move);
    return true;
  } catch (error) {
    if (error instanceof NotAsWritten) {
      log({ event: "archive_written_again", key: error.key, reason: error.message });
      return markMoved(db, mover.lease, { phase: "bundles", progress: 0 });
    }
    if (error instanceof MoveRefused) {
      log({ event: "archive_move_stopped", event_id: error.eventId, reason: error.message });
      return false;
    }
    if (error instanceof LeaseLost) return false;
    throw error;
  }
}
