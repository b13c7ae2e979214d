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

/** What a merge may return: events in the scope that are in one of the feeds. */
type Visible = Pick<FeedRange, "scope" | "feeds">;

/**
 * Reads events of the archive, each bundle with at most one GET. Returns their rows in the order of `entries`. If the
 * events have more than `MAX_PAGE_BYTES`, some rows are unread, so that an isolate never holds all events of a large page.
 * @throws AppError `unavailable`; ObjectMissing
 */
export async function readArchivedRows<Row extends { id: number }>(
  reading: Reading,
  visible: Visible,
  entries: readonly ArchivedEntry[],
  { of, unread }: Pick<PageColumns<Row>, "of" | "unread">,
): Promise<Row[]> {
  const rows = new Map<number, Row>();
  const read = { events: 0, bytes: 0 };
  await inParallel(groupByBundle(entries), MAX_CONNECTIONS, async (request) => {
    if (unread !== undefined && read.bytes > MAX_PAGE_BYTES) return;
    for (const event of await readVisible(reading, visible, request)) {
      rows.set(event.id, of(event));
      read.events += 1;
      read.bytes += event.json.length;
    }
  });
  const averageBytes = Math.ceil(read.bytes / Math.max(1, read.events));
  return entries.map(({ id }) => rows.get(id) ?? unread?.(id, averageBytes) ?? failMissing(id));
}

/**
 * Reads events from one bundle. The bundle, the lists and the directory are separate, so each event is checked again: a
 * damaged archive never shows an event to a reader who may not see it.
 * @throws AppError `unavailable`; ObjectMissing
 */
export async function readVisible(
  reading: Reading,
  visible: Visible,
  request: BundleRequest,
): Promise<ArchivedEvent[]> {
  const events = await readBundle(reading, request);
  const wrong = events.length < request.ids.length ? "lacks an event of a list" : findHidden(visible, events);
  if (wrong === undefined) return events;
  const key = bundleKey(request.segment, request.bundle);
  reading.log({ event: "archive_object_damaged", key, error: `the bundle ${wrong}` });
  throw new ObjectUnreadable(key, "damaged");
}

function findHidden({ scope, feeds }: Visible, events: ArchivedEvent[]): string | undefined {
  const visibleFeeds = new Set(feeds.map((feed) => feed.join("/")));
  const hidden = events.find(({ json }) => {
    const facts = parseEventFacts(json);
    const isInScope = eventScopes(facts).some((one) => scopePath(one) === scope);
    return !isInScope || !eventFeeds(facts).some((feed) => visibleFeeds.has(feed.join("/")));
  });
  return hidden && `has the event ${hidden.id}, which is not an event of the list`;
}

/** Splits events into groups of whole bundles, which keep the order. The last bundle of a group may continue. */
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
