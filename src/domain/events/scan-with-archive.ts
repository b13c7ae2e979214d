import { inParallel } from "../../lib/in-parallel.ts";
import { parseEventFacts } from "../../schemas/event-json.ts";
import type { Directory } from "../../store/archive/directory-rows.ts";
import {
  type ActivityPoint,
  type EventFilter,
  type FilteredPage,
  type FilteredRange,
  type PointsPage,
} from "../../store/events/filtered-feeds.ts";
import type { PageColumns } from "../../store/events/page-columns.ts";
import { groupByBundle, MAX_CONNECTIONS, type ArchivedEvent } from "../archive/archived-bundles.ts";
import { findFirstId, walkEntries, type ArchivedEntry } from "../archive/archived-page.ts";
import { PageRows, readVisible, splitByBundles } from "../archive/archived-rows.ts";
import type { Reading } from "../archive/reading.ts";
import { findMore } from "./merge-with-archive.ts";

/**
 * The maximum number of bundles that a scan reads. Not below `MAX_SCANNED`, so that a page ends where it ended before its
 * events were moved.
 */
const MAX_BUNDLES = 1_000;

interface Scan<Row> {
  /** The rows of the matching events. */
  rows: Row[];
  /** The number of scanned events, and the ID of the last one. */
  scanned: number;
  scannedTo: number | undefined;
  /** True if the scan ended at one of its limits, so that more events may follow. */
  isCut: boolean;
}

/**
 * Scans the events of the archive in the order of the merge, until `range.limit` events match, or until
 * `range.maxScanned` events or `MAX_BUNDLES` bundles are read.
 * @throws AppError `unavailable`; ObjectMissing
 */
async function scanArchive<Row>(
  reading: Reading,
  range: FilteredRange,
  directory: Directory,
  toRow: (event: ArchivedEvent) => Row,
): Promise<Scan<Row>> {
  const scan: Scan<Row> = { rows: [], scanned: 0, scannedTo: undefined, isCut: range.maxScanned === 0 };
  let bundles = 0;
  for await (const group of groupsOf(reading, range, directory, scan)) {
    const entries = group.slice(0, range.maxScanned - scan.scanned);
    bundles += groupByBundle(entries).length;
    for (const { id, row } of await readGroup(reading, range, entries, toRow)) {
      scan.scanned += 1;
      scan.scannedTo = id;
      if (row !== undefined) scan.rows.push(row);
      if (scan.rows.length === range.limit) return { ...scan, scannedTo: undefined };
    }
    scan.isCut = scan.scanned === range.maxScanned || bundles >= MAX_BUNDLES;
    if (scan.isCut) return scan;
  }
  return scan;
}

/** Yields events whose bundles can be read at the same time. */
async function* groupsOf(
  reading: Reading,
  range: FilteredRange,
  directory: Directory,
  scan: Pick<Scan<unknown>, "rows">,
): AsyncGenerator<ArchivedEntry[]> {
  const needed = () => range.limit - scan.rows.length;
  for await (const wave of walkEntries(reading, directory, range.cursor, needed)) {
    yield* splitByBundles(wave, MAX_CONNECTIONS);
  }
  if (directory.edge === undefined) return;
  const more = await findMore(reading, { ...range, limit: range.maxScanned }, directory);
  if (more !== undefined) yield* groupsOf(reading, { ...range, ...more.range }, more.directory, scan);
}

/** An event of a scan. If it does not match, its row is undefined. */
interface Scanned<Row> {
  id: number;
  row: Row | undefined;
}

async function readGroup<Row>(
  reading: Reading,
  range: FilteredRange,
  entries: ArchivedEntry[],
  toRow: (event: ArchivedEvent) => Row,
): Promise<Scanned<Row>[]> {
  const scan = (event: ArchivedEvent) => ({
    id: event.id,
    row: matches(event, range.filter) ? toRow(event) : undefined,
  });
  const found = await inParallel(groupByBundle(entries), MAX_CONNECTIONS, (request) =>
    readVisible(reading, range, request, scan),
  );
  const scanned = new Map(found.flat().map((one) => [one.id, one]));
  return entries.flatMap(({ id }) => scanned.get(id) ?? []);
}

/** The same rule as the SQL of a merge with filters. */
function matches({ json }: ArchivedEvent, { types, username, since, until }: EventFilter): boolean {
  const facts = parseEventFacts(json);
  if (types !== undefined && !types.includes(facts.type)) return false;
  if (username !== undefined && facts.username !== username) return false;
  if (since !== undefined && BigInt(facts.timestamp) < BigInt(since)) return false;
  return until === undefined || BigInt(facts.timestamp) < BigInt(until);
}

/** A whole page of a listing with filters. */
type ScannedPage<Row> = Scan<Row> & Pick<FilteredPage<Row>, "head" | "hasNewer">;

/**
 * Continues a merge with filters in the archive, newest first. Returns undefined if the first event is `unlessFirstIs`.
 * @throws AppError `unavailable`; ObjectMissing
 */
export async function scanBefore<Row>(
  reading: Reading,
  range: FilteredRange,
  hot: FilteredPage<Row>,
  columns: Pick<PageColumns<Row>, "of" | "unread">,
): Promise<ScannedPage<Row> | undefined> {
  const { directory, ...page } = hot;
  if (directory === undefined) return { ...page, isCut: hot.scanned === range.maxScanned };
  const head = hot.head || ((await findFirstId(reading, directory, range.cursor)) ?? 0);
  if (range.unlessFirstIs === head) return undefined;
  return { ...page, head, ...(await continueScan(reading, range, page, directory, rowsOf(columns))) };
}

function rowsOf<Row>(columns: Pick<PageColumns<Row>, "of" | "unread">): (event: ArchivedEvent) => Row {
  const rows = new PageRows(columns);
  return (event) => rows.toRow(event);
}

/** Scans the archive for as many events as are left of the limits. */
async function continueScan<Row>(
  reading: Reading,
  range: FilteredRange,
  { rows, scanned, scannedTo }: Omit<Scan<Row>, "isCut">,
  directory: Directory,
  toRow: (event: ArchivedEvent) => Row,
): Promise<Scan<Row>> {
  const left = { limit: range.limit - rows.length, maxScanned: range.maxScanned - scanned };
  const scan = await scanArchive(reading, { ...range, ...left }, directory, toRow);
  const isFull = scan.rows.length === left.limit;
  return {
    rows: [...rows, ...scan.rows],
    scanned: scanned + scan.scanned,
    scannedTo: isFull ? undefined : (scan.scannedTo ?? scannedTo),
    isCut: scan.isCut,
  };
}

/** What D1 has of a page with filters. With `isCut`, more events in D1 may match. */
export type HotScan<Row> = Pick<FilteredPage<Row>, "rows" | "scanned" | "scannedTo" | "directory"> & {
  isCut?: boolean;
};

/**
 * Merges feeds with a filter, oldest first. `query` reads from D1. If the page has events of the archive and of D1, it takes a second query,
 * because the limits of that query depend on the scan of the archive.
 * @throws AppError `unavailable`; ObjectMissing
 */
export async function scanAfter<Row extends { id: number }>(
  reading: Reading,
  range: FilteredRange,
  columns: PageColumns<Row>,
  query: (range: FilteredRange) => Promise<HotScan<Row> | undefined>,
): Promise<Scan<Row>> {
  const hot = await query(range);
  if (hot === undefined) return { rows: [], scanned: 0, scannedTo: undefined, isCut: false };
  const { directory, rows, scanned, scannedTo, isCut = scanned === range.maxScanned } = hot;
  if (directory === undefined) return { rows, scanned, scannedTo, isCut };
  const scan = await scanArchive(reading, range, directory, rowsOf(columns));
  if (scan.isCut || scan.rows.length === range.limit) return scan;
  const last = Math.max(scan.scannedTo ?? 0, directory.parts.at(-1)?.segment.last ?? 0);
  const rest = await scanAfter(
    reading,
    {
      ...range,
      cursor: { after: `${last}` },
      limit: range.limit - scan.rows.length,
      maxScanned: range.maxScanned - scan.scanned,
    },
    columns,
    query,
  );
  const isFull = rest.rows.length === range.limit - scan.rows.length;
  return {
    rows: [...scan.rows, ...rest.rows],
    scanned: scan.scanned + rest.scanned,
    scannedTo: isFull ? undefined : (rest.scannedTo ?? scan.scannedTo),
    isCut: rest.isCut,
  };
}

/**
 * Adds the activity points of the archive's events.
 * @throws AppError `unavailable`; ObjectMissing
 */
export async function completePoints(
  reading: Reading,
  range: FilteredRange,
  { points, scanned, directory }: PointsPage,
): Promise<ActivityPoint[]> {
  if (directory === undefined) return points;
  const page = { rows: points, scanned, scannedTo: undefined };
  const { rows } = await continueScan(reading, range, page, directory, ({ json }) => {
    const { type, timestamp } = parseEventFacts(json);
    return { type, timestamp };
  });
  return rows;
}
