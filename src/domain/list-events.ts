import { sha256 } from "../digest.ts";
import type { PageQuery } from "../schemas/page.ts";
import type { Database } from "../store/database.ts";
import type { EventRow } from "../store/event-rows.ts";
import { mergeFeeds, NEWEST, type FeedRange } from "../store/feeds.ts";
import { eventJson } from "./event-json.ts";
import type { PageCopies, PageCopy } from "../store/page-copies.ts";
import type { Reader } from "./reader.ts";
import { scopePath, type Scope } from "./scope.ts";
import { feedsOf } from "./visibility.ts";

/** Where a listing goes on: before an ID, newest first, or after it, oldest first. */
export type Cursor = { page_from: string } | { page_after: string };

export interface Page {
  /** The events as a JSON array; undefined when the reader's copy is still right. */
  json: string | undefined;
  /** Opaque to readers: the view, and the IDs at the page's ends. */
  tag: string;
  next: Cursor | undefined;
}

/** Where the listing is asked, and what of it is kept. */
interface Shelf {
  db: Database;
  copies: PageCopies;
}

/**
 * One page of what `reader` may see in `scope`, in one query. `knownTags` are those of copies the reader holds. A page
 * before an ID that has not changed, by the reader's copy or ours, costs the look at the first entry of each feed.
 */
export async function listEvents(
  shelf: Shelf,
  reader: Reader,
  scope: Scope,
  query: PageQuery,
  knownTags: readonly string[] = [],
): Promise<Page> {
  const view = await viewOf(reader, scope, query);
  const range = { scope: scopePath(scope), feeds: feedsOf(reader), limit: query.page_size + 1 };
  return query.page_after === undefined
    ? pageBefore(shelf, view, { ...range, before: query.page_from ?? NEWEST }, knownTags)
    : pageAfter(shelf, view, { ...range, after: query.page_after }, knownTags);
}

type Range = Pick<FeedRange, "scope" | "feeds" | "limit">;

/** Newest first. */
async function pageBefore(
  { db, copies }: Shelf,
  view: string,
  { before, ...range }: Range & { before: string },
  knownTags: readonly string[],
): Promise<Page> {
  const known = newest(copies.find(view), ...knownTags.map((tag) => endsOf(tag, view)));
  const rows = await mergeFeeds(db, { ...range, cursor: { before }, unlessFirstIs: known?.first });
  const page = (rows === undefined && known) || pageOf(rows ?? [], range.limit - 1);
  if (page.json !== undefined && page.first > 0) copies.keep(view, { ...page, json: page.json });
  const tag = `${view}-${page.first}-${page.next}`;
  const next = page.next === 0 ? undefined : { page_from: `${page.next}` };
  return { json: knownTags.includes(tag) ? undefined : page.json, tag, next };
}

/** Oldest first. The growing end is the last, so what is known does not tell what is new. */
async function pageAfter(
  { db }: Shelf,
  view: string,
  { after, ...range }: Range & { after: string },
  knownTags: readonly string[],
): Promise<Page> {
  const rows = (await mergeFeeds(db, { ...range, cursor: { after }, limit: range.limit - 1 })) ?? [];
  const last = `${rows.at(-1)?.id ?? after}`;
  const tag = `${view}-${last}`;
  return { json: knownTags.includes(tag) ? undefined : jsonOf(rows), tag, next: { page_after: last } };
}

/** What tells one state of a page from another, with the page itself where it is at hand. */
type KnownPage = Omit<PageCopy, "json"> & { json?: string };

function pageOf(rows: EventRow[], size: number): PageCopy {
  return {
    first: rows[0]?.id ?? 0,
    next: rows.length > size ? (rows[size - 1]?.id ?? 0) : 0,
    json: jsonOf(rows.slice(0, size)),
  };
}

function jsonOf(rows: EventRow[]): string {
  return `[${rows.map(eventJson).join(",")}]`;
}

/** Of several with the same first event, the earliest named. */
function newest(...pages: (KnownPage | undefined)[]): KnownPage | undefined {
  return pages.reduce(
    (best, page) => (page !== undefined && page.first > (best?.first ?? -1) ? page : best),
    undefined,
  );
}

function endsOf(tag: string, view: string): KnownPage | undefined {
  const [, first, next] = (tag.startsWith(`${view}-`) && /-([0-9]{1,16})-([0-9]{1,16})$/.exec(tag)) || [];
  return first === undefined ? undefined : { first: Number(first), next: Number(next) };
}

/** Names everything a page depends on besides its events, which only ever join at one end. */
async function viewOf(reader: Reader, scope: Scope, query: PageQuery): Promise<string> {
  const { page_size, page_from, page_after } = query;
  const groups = [reader.isAuditor, ...reader.groups.toSorted()];
  const view = [REPRESENTATION, scopePath(scope), groups, page_size, page_from ?? null, page_after ?? null];
  return (await sha256(JSON.stringify(view))).slice(0, 22);
}

/** Goes up when events are served in another form, so that no reader keeps an old copy. */
const REPRESENTATION = 1;
