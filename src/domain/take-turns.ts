import type { Context } from "../context.ts";
import { errorFields } from "../lib/log.ts";

/** Work of the sweep on rows that each need several steps. */
interface Turns<Item extends { id: number }> {
  /** What the log calls it. */
  task: string;
  /** In one sweep. */
  maxSteps: number;
  /** Some of those that have something to do, but for these; those first whose last turn is longest ago. */
  find: (except: number[]) => Promise<Item[]>;
  /** One step; it notes that the item has had its turn. */
  advance: (item: Item) => Promise<void>;
  /** Notes no more than that. */
  postpone: (item: Item) => Promise<void>;
}

/**
 * Takes each item a step further in turn, until nothing is left or the steps are used up. Nobody's turn depends on what
 * the others have to do, nor on whether it fails: an item that does has its next turn in another sweep, behind the others.
 */
export async function takeTurns<Item extends { id: number }>({ log }: Pick<Context, "log">, turns: Turns<Item>) {
  const failed = new Set<number>();
  for (let left = turns.maxSteps; left > 0;) {
    const items = (await turns.find([...failed])).slice(0, left);
    if (items.length === 0) return;
    left -= items.length;
    for (const item of items) {
      try {
        await turns.advance(item);
      } catch (error) {
        failed.add(item.id);
        log({ event: "sweep_item_failed", task: turns.task, id: item.id, ...errorFields(error) });
        await postpone(turns, item);
      }
    }
  }
}

/** Where this fails too, as it does while D1 is away, the item keeps its place. */
async function postpone<Item extends { id: number }>(turns: Turns<Item>, item: Item): Promise<void> {
  try {
    await turns.postpone(item);
  } catch {
    // the failure that matters is in the log
  }
}
