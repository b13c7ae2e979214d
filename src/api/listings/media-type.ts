import Negotiator from "negotiator";
import { AppError } from "../../errors.ts";

/** What a listing can be had in. The first is for who does not say. */
export const MEDIA_TYPES = [
  "application/json",
  "application/cloudevents-batch+json",
  "application/x-ndjson",
  "text/csv",
  "text/event-stream",
] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** All but the weight: who asks for JSON in UTF-8 gets it, and who asks for JSON in another guise gets this one. */
const PARAMETER = /;\s*(?!q\s*=)[^\s;,="]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*)/gi;

/**
 * RFC 9110 §12.5.1.
 * @throws AppError `not-acceptable` with the list of what there is.
 */
export function chooseMediaType(header: string | undefined): MediaType {
  const accept = header?.replace(PARAMETER, "").trim() || undefined; // an empty one says nothing
  const wanted = new Negotiator({ headers: { accept } }).mediaType([...MEDIA_TYPES]);
  const chosen = MEDIA_TYPES.find((type) => type === wanted);
  if (chosen === undefined) {
    throw new AppError("not-acceptable", `A listing can be had as ${MEDIA_TYPES.join(", ")}.`);
  }
  return chosen;
}
