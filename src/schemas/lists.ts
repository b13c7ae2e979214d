import * as z from "zod";

interface Bound {
  max: number;
  /** The message for a value that is not an array. */
  error: string;
  /** The message for more items than `max`. */
  tooMany: string;
}

/**
 * An array of at most `max` items. Its length is checked before its items, because a body of 1 MiB can have half a
 * million items.
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

/**
 * An array of at most `max` distinct strings. Duplicates are removed. The number of distinct strings is checked before
 * the strings themselves.
 */
export function distinctArray<Item extends z.ZodType>(item: Item, { max, error, tooMany }: Bound) {
  return z
    .transform((value: z.input<Item>[], ctx) => {
      // A short array keeps its duplicates until its items are checked, so that an index in an error is the index in
      // the array that was sent.
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
