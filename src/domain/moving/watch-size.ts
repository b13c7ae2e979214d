import type { Context } from "../../context.ts";
import { MAX_DATABASE_BYTES } from "../../schemas/archive.ts";
import { findDatabaseSize, markWarned } from "../../store/archive/size-warning.ts";

/** In per cent of the limit, in ascending order. */
const LEVELS = [70, 80, 90];

/** A level ends when the size is this much below it. So a size that rises and falls around a level is reported once. */
const MARGIN_PERCENT = 2;

/** Logs a warning when the size of D1 reaches a level. At its limit, D1 records nothing any more. */
export async function watchSize(
  { db, log }: Pick<Context, "db" | "log">,
  limitBytes: number = MAX_DATABASE_BYTES,
): Promise<void> {
  const { bytes, warnedPercent } = await findDatabaseSize(db);
  const level = levelAt((bytes / limitBytes) * 100, warnedPercent);
  if (level === warnedPercent) return;
  if (level > warnedPercent) log({ event: "d1_size_reached", percent: level, bytes });
  await markWarned(db, level);
}

/** Returns the level of a size of `percent`, after the level `warnedPercent` was reported. 0: none. */
function levelAt(percent: number, warnedPercent: number): number {
  return LEVELS.findLast((level) => percent >= (level > warnedPercent ? level : level - MARGIN_PERCENT)) ?? 0;
}
