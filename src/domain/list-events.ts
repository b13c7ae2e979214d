import { sha256 } from "../digest.ts";
import type { PageQuery } from "../schemas/page.ts";
import type { Database } from "../store/database.ts";
import type { EventRow } from "../store/event-rows.ts";
import { FROM_THE_NEWEST, mergeFeeds } from "../store/feeds.ts";
import type { Reader } from "./reader.ts";
import { scopePath, type Scope } from "./scope.ts";
import { feedsOf } from "./visibility.ts";

/** Where a listing goes on: before an ID, newest first, or after it, oldest first. */
export type Cursor = { page_from: string } | { page_after: string };

export interface Page {
  /** Undefined when the reader's copy is still right. */
  events: EventRow[] | undefined;
  /** Opaque to readers: the view, and the IDs at the page's ends. */
  tag: string;
  next: Cursor | undefined;
}

/**
 * One page of what `reader` may see in `scope`, in one query. `knownTags` are those of copies the reader holds; a first
 * page that has not changed costs the look at the newest entry of each feed.
 */
export async function listEvents(
  db: Database,
  reader: Reader,
  scope: Scope,
  query: PageQuery,
  knownTags: readonly string[] = [],
): Promise<Page> {
  const { page_size: size, page_from, page_after } = query;
  const view = await viewOf(reader, scope, query);
  const known = knownTags.map((tag) => endsOf(tag, view)).find((ends) => ends !== undefined);
  const rows = await mergeFeeds(db, {
    scope: scopePath(scope),
    feeds: feedsOf(reader),
    cursor:
      page_after !== undefined
        ? { after: page_after }
        : page_from !== undefined
          ? { before: page_from }
          : FROM_THE_NEWEST,
    limit: size + 1,
    unlessFirstIs: page_after === undefined ? known?.first : undefined,
  });
  const events = rows.slice(0, size);
  if (page_after !== undefined) {
    const last = `${events.at(-1)?.id ?? page_after}`;
    return page(events, `${view}-${last}`, { page_after: last }, knownTags);
  }
  // Feeds only grow, so nothing where there was something means that the merge stopped at `unlessFirstIs`.
  const ends = rows.length === 0 && known !== undefined ? known : endsOfRows(rows, size);
  const next = ends.next === 0 ? undefined : { page_from: `${ends.next}` };
  return page(events, `${view}-${ends.first}-${ends.next}`, next, knownTags);
}

function page(events: EventRow[], tag: string, next: Cursor | undefined, knownTags: readonly string[]): Page {
  return { events: knownTags.includes(tag) ? undefined : events, tag, next };
}

/** What tells one state of a first page from another: its first ID, and where the next page starts. 0 is none. */
interface Ends {
  first: number;
  next: number;
}

function endsOfRows(rows: EventRow[], size: number): Ends {
  return { first: rows[0]?.id ?? 0, next: rows.length > size ? (rows[size - 1]?.id ?? 0) : 0 };
}

function endsOf(tag: string, view: string): Ends | undefined {
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
