import * as z from "zod";

export const MAX_TEXT = 255;

/** Any text of at most 255 UTF-16 units without unpaired surrogates (they have no UTF-8 form). */
export const Text = z
  .string("must be a string")
  .refine((value) => value.length <= MAX_TEXT, `must be at most ${MAX_TEXT} UTF-16 units long`) // zod's max counts code points
  .refine((value) => value.isWellFormed(), "must not hold an unpaired surrogate")
  .meta({ maxLength: MAX_TEXT });

/** A name of a project, application, version, environment or deployment. */
export const ScopeName = Text.refine(
  (value) => value !== "." && value !== "..",
  'must not be "." or "..": HTTP clients remove these from the path of a URL',
);

export const GroupName = Text.min(1, "must not be empty");

/** An ID or a time: at most 19 digits; no sign, leading zero, point or exponent. */
export const Decimal = z
  .string("must be a decimal number, as a string")
  .regex(
    /^(?:0|[1-9][0-9]{0,18})$/,
    "must be a decimal of at most 19 digits, without sign, leading zero, point or exponent",
  );

/** In requests, `null` and `""` count as absent. */
export function absentWhenEmpty<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === null || value === "" ? undefined : value), schema.optional());
}

/**
 * The error option of a `z.strictObject`. `message` is for a value that is not an object. An unknown field has its own
 * message.
 */
export function objectError(message: string) {
  return { error: ({ code }: { code: string }) => (code === "invalid_type" ? message : undefined) };
}
