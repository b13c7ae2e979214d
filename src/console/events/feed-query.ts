import * as z from "zod";
import { PageQuery } from "../../schemas/page.ts";
import { ENCODED_USERNAME, textOfEncoded } from "../shared/form-values.ts";

const AS = z.enum(["csv", "ndjson"], { error: "must be csv or ndjson" }).optional();

/** The query of a feed's page: a listing's own parameters, with times and names as forms send them, and the form of a download. */
export const FeedQuery = z
  .preprocess(asListingsTakeIt, z.looseObject({ as: AS }))
  .transform(({ as, ...query }, ctx) => {
    const page = PageQuery.safeParse(query);
    if (page.success) return { as, query: page.data };
    for (const { path, message } of page.error.issues) ctx.addIssue({ code: "custom", path, message });
    return z.NEVER;
  });

function asListingsTakeIt(query: unknown): unknown {
  if (typeof query !== "object" || query === null) return query;
  const { [ENCODED_USERNAME]: encoded, ...listing } = query as Record<string, unknown>;
  const { username, since, until } = listing;
  return {
    ...listing,
    ...(typeof encoded === "string" && (username ?? "") === "" && { username: textOfEncoded(encoded) }),
    ...(typeof since === "string" && { since: wholeTime(since, "00:00") }),
    ...(typeof until === "string" && { until: wholeTime(until, "24:00") }),
  };
}

const PART_OF_A_TIME = /^(\d{4}-\d\d-\d\d)(?:(?:T| +)(\d\d:\d\d)(:\d\d(?:\.\d+)?)?(?: ?(UTC|Z|[+ -]\d\d:\d\d))?)?$/i;

/** A person's time may lack its zone, then it is UTC; its seconds; or all but the day, of which `ofDay` is meant. */
function wholeTime(text: string, ofDay: "00:00" | "24:00"): string {
  const [, day, minutes = ofDay, seconds = ":00", zone = "Z"] = PART_OF_A_TIME.exec(text.trim()) ?? [];
  if (day === undefined) return text.trim();
  return `${day}T${minutes}${seconds}${zone.toUpperCase() === "UTC" ? "Z" : zone}`;
}
