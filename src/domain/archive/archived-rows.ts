import { inParallel } from "../../lib/in-parallel.ts";
import { BUNDLE_EVENTS } from "../../segments/manifest.ts";
import { bundleKey } from "../../segments/object-names.ts";
import { parseEventFacts } from "../../schemas/event-json.ts";
import type { FeedRange } from "../../store/events/feed-range.ts";
import { MAX_PAGE_BYTES, type PageColumns } from "../../store/events/page-columns.ts";
import { eventScopes, scopePath } from "../access/scope-path.ts";
import { eventFeeds } from "../access/visibility.ts";
import {
  groupByBundle,
  MAX_CONNECTIONS,
  readBundle,
  type ArchivedEvent,
  type BundleRequest,
} from "./archived-bundles.ts";
import type { ArchivedEntry } from "./archived-page.ts";
import { ObjectUnreadable } from "./read-object.ts";
import type { Reading } from "./reading.ts";

/** The rule of a merge: an event must be in the scope, and in one of the feeds. */
type Visible = Pick<FeedRange, "scope" | "feeds">;

/**
 * Makes the rows of a page from its events, one after another. If the events have more than `MAX_PAGE_BYTES`, some rows
 * lack their event, so that an isolate never holds all events of a large page.
 */
export class PageRows<Row> {
  readonly #columns: Pick<PageColumns<Row>, "of" | "unread">;
  #events = 0;
  #bytes = 0;
  /** True if an event did not fit. Then the bundles of the other events need not be read. */
  isFull = false;

  constructor(columns: Pick<PageColumns<Row>, "of" | "unread">) {
    this.#columns = columns;
  }

  toRow(event: ArchivedEvent): Row {
    const { of, unread } = this.#columns;
    if (unread === undefined) return of(event);
    const bytes = Buffer.byteLength(event.json);
    if (this.#bytes + bytes > MAX_PAGE_BYTES) {
      this.isFull = true;
      return unread(event.id, bytes);
    }
    this.#events += 1;
    this.#bytes += bytes;
    return of(event);
  }

  /** Returns the row of an event that was not read. Undefined if the columns need every event. */
  unreadRow(id: number): Row | undefined {
    return this.#columns.unread?.(id, Math.ceil(this.#bytes / Math.max(1, this.#events)));
  }
}

/**
 * Reads events of the archive, each bundle with at most one GET. Returns their rows in the order of `entries`.
 * @throws AppError `unavailable`; ObjectMissing
 */
export async function readArchivedRows<Row extends { id: number }>(
  reading: Reading,
  visible: Visible,
  entries: readonly ArchivedEntry[],
  columns: Pick<PageColumns<Row>, "of" | "unread">,
): Promise<Row[]> {
  if (entries.length === 0) return []; // as for most pages
  const page = new PageRows(columns);
  const rows = new Map<number, Row>();
  await inParallel(groupByBundle(entries), MAX_CONNECTIONS, async (request) => {
    if (page.isFull) return;
    for (const row of await readVisible(reading, visible, request, (event) => page.toRow(event))) rows.set(row.id, row);
  });
  return entries.map(({ id }) => rows.get(id) ?? page.unreadRow(id) ?? failMissing(id));
}

/**
 * Reads events from one bundle, and checks that the reader may see each of them. The reader's lists name these events,
 * but lists and events are in different objects. With this check, a damaged archive never shows an event to a reader who
 * may not see it.
 * @throws AppError `unavailable`; ObjectMissing
 */
export async function readVisible<Taken>(
  reading: Reading,
  visible: Visible,
  request: BundleRequest,
  take: (event: ArchivedEvent) => Taken,
): Promise<Taken[]> {
  const isVisible = visibility(visible);
  let wrong: string | undefined;
  const taken = await readBundle(reading, request, (event) => {
    if (!isVisible(event)) wrong = `has the event ${event.id}, which is not an event of the list`;
    return take(event);
  });
  if (taken.length < request.ids.length) wrong = "lacks an event of a list";
  if (wrong === undefined) return taken;
  const key = bundleKey(request.segment, request.bundle);
  reading.log({ event: "archive_object_damaged", key, error: `the bundle ${wrong}` });
  throw new ObjectUnreadable(key, "damaged");
}

function visibility({ scope, feeds }: Visible): (event: ArchivedEvent) => boolean {
  const visibleFeeds = new Set(feeds.map((feed) => feed.join("/")));
  return ({ json, opening }) => {
    const facts = parseEventFacts(json);
    // An erased event stays in its listings, but may have lost the names that put it there. It never loses its groups.
    const isErased = opening === "";
    const isInScope = isErased || eventScopes(facts).some((one) => scopePath(one) === scope);
    return isInScope && eventFeeds(facts).some((feed) => visibleFeeds.has(feed.join("/")));
  };
}

/**
 * Splits events into groups of at most `bundles` bundles, in order. The last group may end in the middle of a bundle.
 */
export function* splitByBundles(entries: readonly ArchivedEntry[], bundles: number): Generator<ArchivedEntry[]> {
  let group: ArchivedEntry[] = [];
  let keys = new Set<string>();
  for (const entry of entries) {
    const { segment, position } = entry;
    const key = `${segment.first} ${Math.floor(position / BUNDLE_EVENTS)}`;
    if (keys.size === bundles && !keys.has(key)) {
      yield group;
      group = [];
      keys = new Set();
    }
    group.push(entry);
    keys.add(key);
  }
  if (group.length > 0) yield group;
}

function failMissing(id: number): never {
  throw new Error(`event ${id} of the archive was not read`);
}
