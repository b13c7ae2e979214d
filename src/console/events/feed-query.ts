import * as z from "zod";
import { PageQuery } from "../../schemas/page.ts";

const AS = z.enum(["csv", "ndjson"], { error: "must be csv or ndjson" }).optional();

/** What a feed's page is asked for: a listing's own parameters, with times as forms write them, and the form of a download. */
export const FeedQuery = z.preprocess(withWholeTimes, z.looseObject({ as: AS })).transform(({ as, ...query }, ctx) => {
  const page = PageQuery.safeParse(query);
  if (page.success) return { as, query: page.data };
  for (const { path, message } of page.error.issues) ctx.addIssue({ code: "custom", path, message });
  return z.NEVER;
});

const PART_OF_A_TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?$/;

/** A form's time has no zone, and may lack its seconds; a day alone begins at midnight. The pages tell times in UTC. */
function withWholeTimes(query: unknown): unknown {
  if (typeof query !== "object" || query === null) return query;
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) =>
      (name === "since" || name === "until") && typeof value === "string" ? [name, wholeTime(value)] : [name, value],
    ),
  );
}

function wholeTime(text: string): string {
  const [, day, minutes = "00:00", seconds = ":00"] = PART_OF_A_TIME.exec(text.trim()) ?? [];
  return day === undefined ? text.trim() : `${day}T${minutes}${seconds}Z`;
}
