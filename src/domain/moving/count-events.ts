import type { Context } from "../../context.ts";
import { countNextEvents } from "../../store/archive/storage-figures.ts";

const MAX_STEPS = 10;

/**
 * Adds the events that were recorded since the last sweep to a stored number. Without this number, D1 would have to
 * read every row to count the events. The steps are limited. The next sweep counts the rest.
 */
export async function countEvents({ db }: Pick<Context, "db">): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step++) {
    if (!(await countNextEvents(db))) return;
  }
}
