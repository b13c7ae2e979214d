import * as z from "zod";

interface Bound {
  max: number;
  /** The message for a value that is not an array. */
  error: string;
  /** The message for more items than `max`. */
  tooMany: string;
}

/**
 * An array of at most `max` items. Its length is checked before its items, because 1 MiB has room for half a million of
 * them.
 */
export function boundedArray<Item extends z.ZodType>(item: Item, { max, error, tooMany }: Bound) {
  return z
    .transform((value: z.input<Item>[], ctx) => {
      if (!Array.isArray(value) || value.length <= max) return value;
      ctx.addIssue({ code: "custom", message: tooMany });
      return z.NEVER;
    })
    .pipe(z.array(item, error).max(max, tooMany));
}

/** An array of at most `max` distinct strings, without its duplicates. Their number is checked before the strings. */
export function distinctArray<Item extends z.ZodType>(item: Item, { max, error, tooMany }: Bound) {
  return z
    .transform((value: z.input<Item>[], ctx) => {
      // A short array keeps its duplicates for now, so that the path of a fault has an index of the array that was
      // sent.
      if (!Array.isArray(value) || value.length <= max) return value;
      const distinct = firstDistinct(value, max + 1);
      if (distinct.length <= max) return distinct;
      ctx.addIssue({ code: "custom", message: tooMany });
      return z.NEVER;
    })
    .pipe(z.array(item, error))
    .transform((items) => [...new Set(items)]);
}

function firstDistinct<Value>(values: readonly Value[], count: number): Value[] {
  const distinct = new Set<Value>();
  for (const value of values) {
    distinct.add(value);
    if (distinct.size === count) break;
  }
  return [...distinct];
}
