import type { Cursor } from "../domain/events/fetch-page.ts";

/** RFC 8288 §3: the request's own URL with the next page's cursor, so that all filters stay. */
export function nextLink(requestUrl: string, cursor: Cursor): string {
  const url = new URL(requestUrl);
  url.searchParams.delete("page_from");
  url.searchParams.delete("page_after");
  for (const [name, id] of Object.entries(cursor)) url.searchParams.set(name, id);
  return `<${url.href}>; rel="next"`;
}
