import * as z from "zod";
import { isRawNumber } from "../lib/exact-json.ts";
import { checkTogether, filters, narrowing } from "./page.ts";
import { absentWhenEmpty, objectError, Text } from "./text.ts";

/** A filter by a name. The limits are those of an event's names, because a longer name would match nothing. */
function name(filter: z.ZodType) {
  return absentWhenEmpty(Text).meta(filter.meta() ?? {});
}

/** A query string has only texts. In JSON, nanoseconds may be a number. */
function time(filter: typeof narrowing.since) {
  return z.preprocess(numberToText, filter);
}

function numberToText(value: unknown): unknown {
  if (isRawNumber(value)) return value.rawJSON;
  return typeof value === "number" ? String(value) : (value ?? undefined);
}

export const StreamListing = z
  .strictObject(
    {
      type: z
        .preprocess((value) => value ?? undefined, narrowing.type)
        .meta({ ...narrowing.type.meta(), description: "Only events of these types: one type, or an array of types." }),
      username: name(narrowing.username),
      since: time(narrowing.since),
      until: time(narrowing.until),
      inventory_project: name(filters.inventory_project),
      inventory_application: name(filters.inventory_application),
      inventory_version: name(filters.inventory_version),
      state_project: name(filters.state_project),
      state_environment: name(filters.state_environment),
      state_deployment: name(filters.state_deployment),
    },
    objectError("must be filters, as a JSON object"),
  )
  .superRefine(checkTogether)
  .describe(
    "The filters of the stream, as in `GET /api/v1/events/query/`. `type` may be an array. Times are returned in " +
      "nanoseconds since 1970. An empty filter is ignored.",
  );
export type StreamListing = z.output<typeof StreamListing>;
