import type { Context } from "../context.ts";
import { errorFields } from "../lib/log.ts";

/** A task of the sweep whose items each need several steps. */
interface Turns<Item extends { id: number }> {
  /** Its name in the log. */
  task: string;
  /** The limit for all items together, in one sweep. */
  maxSteps: number;
  /**
   * Returns items that have work to do, without those in `except`. The item whose last turn is the longest ago comes
   * first.
   */
  find: (except: number[]) => Promise<Item[]>;
  /** Does one step, and stores when the item had its turn. */
  advance: (item: Item) => Promise<void>;
  /** Only stores when the item had its turn. */
  postpone: (item: Item) => Promise<void>;
}

/**
 * Advances the items in turn, until no work is left or the steps are used up. Between two steps of an item, each other
 * item has at most one step, so an item with much work does not delay the others. If a step fails, the next turn of its
 * item is in another sweep, after the others.
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

/** If this fails too, for example because D1 is unavailable, the item keeps its place. */
async function postpone<Item extends { id: number }>(turns: Turns<Item>, item: Item): Promise<void> {
  try {
    await turns.postpone(item);
  } catch {
    // the first failure is already in the log
  }
}
