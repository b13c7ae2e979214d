import * as z from "zod";
import { PageQuery } from "../../schemas/page.ts";
import { ENCODED_USERNAME, decodeFieldText } from "../shared/forms.ts";

const AS = z.enum(["csv", "ndjson"], { error: "must be csv or ndjson" }).optional();

/**
 * The query of a feed's page. It has the parameters of the API's listings, with times and names as forms send them, and
 * `as` for a download.
 */
export const FeedQuery = z.preprocess(toListingQuery, z.looseObject({ as: AS })).transform(({ as, ...query }, ctx) => {
  const page = PageQuery.safeParse(query);
  if (page.success) return { as, query: page.data };
  for (const { path, message } of page.error.issues) ctx.addIssue({ code: "custom", path, message });
  return z.NEVER;
});

function toListingQuery(query: unknown): unknown {
  if (typeof query !== "object" || query === null) return query;
  const { [ENCODED_USERNAME]: encoded, ...listing } = query as Record<string, unknown>;
  const { username, since, until } = listing;
  return {
    ...listing,
    ...(typeof encoded === "string" && (username ?? "") === "" && { username: decodeFieldText(encoded) }),
    ...(typeof since === "string" && { since: toRfc3339(since, "00:00") }),
    ...(typeof until === "string" && { until: toRfc3339(until, "24:00") }),
  };
}

const PARTIAL_TIME = /^(\d{4}-\d\d-\d\d)(?:(?:T| +)(\d\d:\d\d)(:\d\d(?:\.\d+)?)?(?: ?(UTC|Z|[+ -]\d\d:\d\d))?)?$/i;

/**
 * Completes a time that a person typed. The zone defaults to UTC, the seconds to 0, and the time of day to `timeOfDay`.
 */
function toRfc3339(text: string, timeOfDay: "00:00" | "24:00"): string {
  const [, day, minutes = timeOfDay, seconds = ":00", zone = "Z"] = PARTIAL_TIME.exec(text.trim()) ?? [];
  if (day === undefined) return text.trim();
  return `${day}T${minutes}${seconds}${zone.toUpperCase() === "UTC" ? "Z" : zone}`;
}
