import { sha256 } from "../../lib/crypto.ts";
import { writeJson } from "../../lib/json-writer.ts";
import { scopePath } from "../access/scope-path.ts";
import { toEventFilter, type ListingQuery } from "./fetch-page.ts";

/** The IDs at the ends of a page: its newest event, and `page_from` of the next page; 0 if there is none. */
export interface PageEnds {
  head: number;
  next: number;
}

/**
 * A digest of everything that a page depends on besides its events: format, scope, filters, cursor, size, the reader's
 * groups, and whether they are an auditor. It is the key of cached pages and the first part of their entity tags.
 */
export function digestView(formatName: string, { reader, scope, query }: ListingQuery): string {
  const groups = [reader.isAuditor, ...reader.groups.toSorted()];
  const { page_size, page_from = null, page_after = null } = query;
  const view = [formatName, scopePath(scope), groups, page_size, page_from, page_after, toEventFilter(query) ?? null];
  return sha256(writeJson(view), "base64url").slice(0, 22);
}

/** Events only join a page before an ID at its newest end, so its ends tell two states of it apart. */
export function pageTag(view: string, { head, next }: PageEnds): string {
  return `${view}-${head}-${next}`;
}

/** Undefined for a tag of another view. */
export function parsePageTag(tag: string, view: string): PageEnds | undefined {
  const [, head, next] = (tag.startsWith(`${view}-`) && /-([0-9]{1,16})-([0-9]{1,16})$/.exec(tag)) || [];
  return head === undefined ? undefined : { head: Number(head), next: Number(next) };
}

/** Of a page after an ID: events join it at its last end. */
export function pageAfterTag(view: string, last: string): string {
  return `${view}-${last}`;
}
