import * as z from "zod";

interface Bound {
  max: number;
  /** What is wrong with a value that is no array. */
  error: string;
  /** What is wrong with more items than `max`. */
  tooMany: string;
}

/** An array whose length is checked before its items are: a body of 1 MiB holds half a million of them. */
export function boundedArray<Item extends z.ZodType>(item: Item, { max, error, tooMany }: Bound) {
  return z
    .transform((value: z.input<Item>[], ctx) => {
      if (!Array.isArray(value) || value.length <= max) return value;
      ctx.addIssue({ code: "custom", message: tooMany });
      return z.NEVER;
    })
    .pipe(z.array(item, error).max(max, tooMany));
}

/** An array of at most `max` distinct strings, whose repeats are dropped. Its length is checked before its items are. */
export function distinctArray<Item extends z.ZodType>(item: Item, { max, error, tooMany }: Bound) {
  return z
    .transform((value: z.input<Item>[], ctx) => {
      // The path of a fault names the place in the array as it was sent, unless the array is too long for that.
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
