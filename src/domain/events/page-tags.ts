import { sha256 } from "../../lib/crypto.ts";
import { writeJson } from "../../lib/json-writer.ts";
import { scopePath } from "../access/scope-path.ts";
import { toEventFilter, type ListingQuery } from "./listing-query.ts";

/**
 * The IDs at the two ends of a page. `head` is the newest event before the cursor. `next` is `page_from` of the next
 * page. Each is 0 if there is none.
 */
export interface PageEnds {
  head: number;
  next: number;
}

/**
 * Returns a digest of everything that a page depends on besides its events: format, scope, filters, cursor, size, the
 * reader's groups, and whether the reader is an auditor. The digest is the key of cached pages and the first part of
 * their entity tags. If events are deleted after some time, a page can lose events at its end. Then `hour` is the current
 * hour, so that no copy is used for longer than an hour. Otherwise it is undefined.
 */
export function digestView(formatName: string, { reader, scope, query }: ListingQuery, hour?: number): string {
  const groups = [reader.isAuditor, ...reader.groups.toSorted()];
  const { page_size, page_from = null, page_after = null } = query;
  const view = [formatName, scopePath(scope), groups, page_size, page_from, page_after, toEventFilter(query) ?? null];
  return sha256(writeJson(hour === undefined ? view : [...view, hour]), "base64url").slice(0, 22);
}

/**
 * Returns the entity tag of a page before an ID. New events can join such a page only at its newest end. So if the page
 * has changed, `head` or `next` has changed.
 */
export function pageTag(view: string, { head, next }: PageEnds): string {
  return `${view}-${head}-${next}`;
}

/** Returns the ends of a page from its tag, or undefined if the tag belongs to another view. */
export function parsePageTag(tag: string, view: string): PageEnds | undefined {
  const [, head, next] = (tag.startsWith(`${view}-`) && /-([0-9]{1,16})-([0-9]{1,16})$/.exec(tag)) || [];
  return head === undefined ? undefined : { head: Number(head), next: Number(next) };
}

/**
 * Returns the entity tag of a page after an ID. New events can join such a page only after its last event. So if the
 * page has changed, `last` has changed.
 */
export function pageAfterTag(view: string, last: string): string {
  return `${view}-${last}`;
}
