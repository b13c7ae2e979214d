import { FLOOR_ALONE } from "../archive/archive-query.ts";
import {
  archivedAfter,
  directoryBefore,
  FLOOR,
  HAS_OLDER,
  hasArchivedFrom,
  LIMITS,
  type DirectoryScope,
} from "../archive/directory-sql.ts";
import type { FeedRange } from "./feed-range.ts";

/** The SQL of a merge, which reads the entries of several feeds in order, and each event once. */
export interface MergeSql {
  /** Tables for the `WITH RECURSIVE` of the statement. The other expressions read them. */
  ctes: string;
  /**
   * Returns a SELECT of the first events in D1. The parameter `limit` is their number. The SELECT is empty if the first
   * event is `unlessFirstIs`. In ascending order, events in D1 come after those of the archive, so the SELECT has only
   * the events that may still be needed.
   */
  events: (limit: Limit) => string;
  /** The ID of the first event in D1, even if it is `unlessFirstIs`. NULL if there is no event. */
  head: string;
  /** 1 if one of the checked feeds has an event with the ID `before` or a higher one. 0 without `checksForNewer`. */
  hasNewer: string;
  /**
   * Returns the JSON of the directory's rows for the events of the archive. NULL if the archive is not needed. The
   * parameter `isShort` is an SQL condition: D1 has fewer events than the page needs.
   */
  directory: (isShort: string) => string;
  /** The events up to this ID are in the archive, or are deleted. 0 if there are none. */
  floor: string;
  order: "DESC" | "ASC";
}

/** The parameters that limit a merge: the events of a page, and the scanned events of a merge with filters. */
type Limit = "?4" | "?6";

/** D1 refuses a compound SELECT with more terms. */
const MAX_TERMS = 5;

/** A merge that reads the archive too, or one that is right only if nothing was ever archived or deleted. */
export interface MergeOptions {
  readsArchive: boolean;
  /** The parameter for the number of events that the statement needs at most. */
  wanted?: Limit;
}

/**
 * Returns the SQL for a range. Up to five feeds are the terms of a compound SELECT, which SQLite itself merges. A
 * recursive query merges any number of feeds, but takes twice as long. In both cases, the number of rows read depends on
 * the page and on the number of feeds, and never on the history.
 */
export function mergeSql(range: FeedRange, { readsArchive, wanted = "?4" }: MergeOptions): MergeSql {
  const { feeds, cursor, checksForNewer = false } = range;
  const direction = "before" in cursor ? DESCENDING : ASCENDING;
  const isCompound = feeds.length <= MAX_TERMS;
  const hot = readsArchive ? direction.aboveFloor : EVERYTHING;
  const merge = isCompound ? compoundMerge(feeds.length, direction, hot) : recursiveMerge(direction, hot);
  const scope = { feeds: isCompound ? MY_FEEDS : "SELECT feed_id FROM my_feeds", wanted };
  const archive = readsArchive ? archiveSql(scope, direction) : NO_ARCHIVE;
  return {
    ctes: `${archive.ctes} ${merge.ctes}`,
    events: merge.events,
    head: HEAD,
    hasNewer: checksForNewer ? `(${merge.hasNewer} OR ${archive.hasNewer})` : "0",
    directory: archive.directory,
    floor: archive.floor,
    order: direction.order,
  };
}

type ArchiveSql = Pick<MergeSql, "ctes" | "hasNewer" | "directory" | "floor">;

const NO_ARCHIVE: ArchiveSql = { ctes: "", hasNewer: "FALSE", directory: () => "NULL", floor: FLOOR_ALONE };

function archiveSql(scope: DirectoryScope, direction: Direction): ArchiveSql {
  const isNew = `(?5 IS NULL OR ${HEAD} IS NOT ?5)`;
  return {
    ctes: `${LIMITS}, ${direction === ASCENDING ? `${archivedAfter(scope)},` : ""}`,
    hasNewer: hasArchivedFrom(`${scope.feeds} LIMIT ${FEEDS_CHECKED_FOR_NEWER}`),
    directory:
      direction === ASCENDING
        ? () => ARCHIVED_AFTER
        : (isShort) => `CASE WHEN ${HAS_OLDER} AND ${isNew} AND ${isShort} THEN ${directoryBefore(scope)} END`,
    floor: FLOOR,
  };
}

/** Returns a key that is the same for all ranges with the same SQL. */
export function mergeKey({ feeds, cursor, checksForNewer = false }: FeedRange, readsArchive: boolean): string {
  return `${Math.min(feeds.length, MAX_TERMS + 1)} ${Object.keys(cursor).join()} ${checksForNewer} ${readsArchive}`;
}

/** Returns the values of the parameters ?1 to ?5. */
export function mergeParameters({ scope, feeds, cursor, limit, unlessFirstIs }: FeedRange) {
  const bound = "before" in cursor ? cursor.before : cursor.after;
  return [scope, JSON.stringify(feeds), bound, limit, unlessFirstIs ?? null] as const;
}

const HEAD = "(SELECT event_id FROM head)";
const ARCHIVED_AFTER = "(SELECT directory FROM archived)";

const CURSOR = "CAST(?3 AS INTEGER)";

interface Direction {
  order: "DESC" | "ASC";
  compare: "<" | ">";
  first: "max" | "min";
  /** What a merge that reads the archive reads from D1. */
  aboveFloor: HotEntries;
}

/** SQL: which entries in D1 belong to a merge. */
interface HotEntries {
  /** Where they start. */
  start: string;
  /** The condition that ends the entries of a feed. */
  end: string;
  /** The feeds that may have such an entry. */
  feeds: string;
  limitTo: (limit: Limit) => string;
}

/** The + is needed. With a bare parameter as the LIMIT, SQLite compiles the statement again on each call. */
const EVERYTHING: HotEntries = { start: CURSOR, end: "", feeds: "my_feeds", limitTo: (limit) => `LIMIT +${limit}` };

const DESCENDING: Direction = {
  order: "DESC",
  compare: "<",
  first: "max",
  aboveFloor: {
    ...EVERYTHING,
    end: `AND event_id > ${FLOOR}`,
    feeds: feedsIf(`SELECT 1 FROM limits WHERE ${CURSOR} > floor`),
  },
};

/** A merge with filters reads from D1 only if the archive has no more events, because each scanned event counts. */
const ASCENDING: Direction = {
  order: "ASC",
  compare: ">",
  first: "min",
  aboveFloor: {
    start: `max(${CURSOR}, ${FLOOR})`,
    end: "",
    feeds: feedsIf("SELECT 1 FROM archived WHERE rest > 0"),
    limitTo: (limit) =>
      `LIMIT CASE WHEN ${ARCHIVED_AFTER} IS NULL THEN ${limit} ELSE ${limit === "?4" ? "(SELECT rest FROM archived)" : 0} END`,
  },
};

/** The SELECT is the outer loop. If it has no row, no feed is read. */
function feedsIf(select: string): string {
  return `(${select}) needed CROSS JOIN my_feeds`;
}

function entries(feedId: string, condition: string): string {
  return `SELECT event_id FROM feed_entries WHERE feed_id = ${feedId} AND event_id ${condition}`;
}

const MY_FEEDS = `SELECT f.id AS feed_id FROM json_each(?2) g CROSS JOIN feeds f
          WHERE f.scope = ?1 AND f.kind = g.value->>0 AND f.name = g.value->>1`;

type Merge = Pick<MergeSql, "ctes" | "events" | "hasNewer">;

/** UNION removes the duplicates of an event that is in several feeds. SQLite reads each term only as far as needed. */
function compoundMerge(feeds: number, { order, compare }: Direction, { start, end, limitTo }: HotEntries): Merge {
  const feedIds = Array.from(
    { length: feeds },
    (_, index) =>
      `(SELECT id FROM feeds WHERE scope = ?1 AND kind = ?2->>'$[${index}][0]' AND name = ?2->>'$[${index}][1]')`,
  );
  const merged = (from: string) =>
    `${feedIds.map((id) => entries(id, `${compare} ${from} ${end}`)).join(" UNION ")} ORDER BY 1 ${order}`;
  return {
    // If nothing is new, `start` is NULL. No entry is lower or higher than NULL.
    ctes: `
        head (event_id) AS MATERIALIZED (${merged(start)} LIMIT 1),
        start (event_id) AS MATERIALIZED (SELECT iif(?5 IS NOT NULL AND ${HEAD} IS ?5, NULL, ${start}))`,
    events: (limit) => `${merged("(SELECT event_id FROM start)")} ${limitTo(limit)}`,
    hasNewer: `(${feedIds.map((id) => `EXISTS (${entries(id, `>= ${CURSOR}`)})`).join(" OR ")})`,
  };
}

const FEEDS_CHECKED_FOR_NEWER = 20;

/**
 * The ORDER BY of the recursion makes SQLite keep the waiting rows in a priority queue. At the start, the queue has the
 * first entry of each feed. Each step takes the first entry out of the queue, and adds the next entry of the same feed.
 * The LIMIT of the outer SELECT ends the recursion.
 *
 * Each `events` has its own recursive table. If a statement reads one recursive table twice, SQLite computes that table
 * to its very end, despite the LIMIT.
 */
function recursiveMerge({ order, compare, first }: Direction, { start, end, feeds, limitTo }: HotEntries): Merge {
  const nextEntry = (feed: string, bound: string) =>
    `(SELECT event_id FROM feed_entries WHERE feed_id = ${feed} AND event_id ${compare} ${bound} ${end} ORDER BY event_id ${order} LIMIT 1)`;
  return {
    ctes: `
        my_feeds (feed_id) AS MATERIALIZED (${MY_FEEDS}),
        seed (event_id, feed_id) AS MATERIALIZED (
          SELECT ${nextEntry("my_feeds.feed_id", start)}, feed_id FROM ${feeds}
        ),
        head (event_id) AS MATERIALIZED (SELECT ${first}(event_id) FROM seed)`,
    events: (limit) => `
        WITH RECURSIVE merged (event_id, feed_id) AS (
          SELECT event_id, feed_id FROM seed
          WHERE event_id IS NOT NULL AND (?5 IS NULL OR ${HEAD} IS NOT ?5)
          UNION ALL
          SELECT ${nextEntry("merged.feed_id", "merged.event_id")}, feed_id FROM merged
          WHERE event_id IS NOT NULL
          ORDER BY 1 ${order}
        )
        SELECT DISTINCT event_id FROM merged WHERE event_id IS NOT NULL ${limitTo(limit)}`,
    // Only the first 20 feeds are checked, and each costs two rows. If only another feed has a newer event, the result
    // is false.
    hasNewer: `EXISTS (
        SELECT 1 FROM (SELECT feed_id FROM my_feeds LIMIT ${FEEDS_CHECKED_FOR_NEWER}) some
        CROSS JOIN feed_entries e ON e.feed_id = some.feed_id AND e.event_id >= ${CURSOR})`,
  };
}
