import type { Context } from "../../context.ts";
import { countNextEvents } from "../../store/archive/storage-figures.ts";

const MAX_STEPS = 10;

/**
 * Counts the events that were recorded since the last sweep, because D1 would have to read all rows to count them. The
 * steps are limited. The next sweep counts the other events.
 */
export async function countEvents({ db }: Pick<Context, "db">): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step++) {
    if (!(await countNextEvents(db))) return;
  }
}
