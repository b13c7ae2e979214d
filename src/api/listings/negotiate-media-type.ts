import Negotiator from "negotiator";
import { AppError } from "../../errors.ts";

/** The formats of a listing. The first is the default. */
export const MEDIA_TYPES = [
  "application/json",
  "application/cloudevents-batch+json",
  "application/x-ndjson",
  "text/csv",
  "text/event-stream",
  "application/x-ndjson; openings=1",
] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** Parameters other than `q` and `openings=1`. */
const OTHER_PARAMETER =
  /;\s*(?!q\s*=|openings\s*=\s*(?:1|"1")\s*(?:[;,]|$))[^\s;,="]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*)/gi;
const OPENINGS = /;\s*openings\s*=[^;]*/gi;

/** Parameters that select nothing are ignored: `application/json; charset=utf-8` is plain JSON. */
function withoutParameters(accept: string): string {
  const ranges = accept.replace(OTHER_PARAMETER, "").split(",");
  return ranges
    .map((range) => (/^\s*application\/x-ndjson\s*;/i.test(range) ? range : range.replace(OPENINGS, "")))
    .join(",");
}

/**
 * The media type that an `Accept` header prefers. RFC 9110 §12.5.1.
 * @throws AppError `not-acceptable`, with the list of media types
 */
export function negotiateMediaType(header: string | undefined): MediaType {
  const accept = withoutParameters(header ?? "").trim() || undefined; // an empty header counts as absent
  const preferred = new Negotiator({ headers: { accept } }).mediaType([...MEDIA_TYPES]);
  const chosen = MEDIA_TYPES.find((type) => type === preferred);
  if (chosen === undefined) {
    throw new AppError("not-acceptable", `The media types of a listing are ${MEDIA_TYPES.join(", ")}.`);
  }
  return chosen;
}
