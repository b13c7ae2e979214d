import { joinFilteredLines, type FilteredLinesRange } from "../../store/events/filtered-lines.ts";
import { joinLines, type LinesPage, type LinesRange } from "../../store/events/joined-lines.ts";
import { WHOLE_EVENTS, type PageRow } from "../../store/events/page-columns.ts";
import { run } from "../../store/query.ts";
import { readArchivedRows } from "../archive/archived-rows.ts";
import type { Reading } from "../archive/reading.ts";
import { unlessDeleted } from "../archive/unless-deleted.ts";
import type { PageAfter } from "./fetch-page.ts";
import { feedRange, toEventFilter, type ListingQuery } from "./listing-query.ts";
import { mergeAfter } from "./merge-with-archive.ts";
import { scanAfter } from "./scan-with-archive.ts";

interface LinesOptions {
  /** The limit for the size of the events in D1. A single larger event is fetched alone. At most 1 MiB. */
  maxBytes: number;
  maxScanned: number;
}

/**
 * Fetches the page of `fetchPageAfter` with whole events. D1 returns its events as one text, which is faster than rows.
 * The page ends early if its events in D1 would have more than `maxBytes`.
 * @throws AppError `unavailable` if the page needs the archive, and the archive cannot be read
 */
export async function fetchLinesAfter(
  reading: Reading,
  listing: ListingQuery,
  after: string,
  options: LinesOptions,
): Promise<PageAfter<PageRow>> {
  const { reader, scope, query } = listing;
  const range = { ...feedRange(reader, scope), cursor: { after }, limit: query.page_size, maxBytes: options.maxBytes };
  const filter = toEventFilter(query);
  return unlessDeleted(() =>
    filter === undefined
      ? mergeLines(reading, range, after)
      : scanLines(reading, { ...range, filter, maxScanned: options.maxScanned }, after),
  );
}

async function mergeLines(reading: Reading, range: LinesRange, after: string): Promise<PageAfter<PageRow>> {
  const { limit: size, maxBytes } = range;
  const { entries, hot, room } = await mergeAfter<LinesPage>(reading, range, (next) =>
    run(joinLines(reading.db, { ...next, maxBytes })),
  );
  const lines = hot?.rows.slice(0, room) ?? [];
  const rows = [...(await readArchivedRows(reading, range, entries, WHOLE_EVENTS)), ...lines];
  return { rows, last: `${rows.at(-1)?.id ?? after}`, isLast: rows.length < size && hot?.isCut !== true };
}

async function scanLines(reading: Reading, range: FilteredLinesRange, after: string): Promise<PageAfter<PageRow>> {
  const { maxBytes } = range;
  const { rows, scannedTo, isCut } = await scanAfter(reading, range, WHOLE_EVENTS, (next) =>
    run(joinFilteredLines(reading.db, { ...next, maxBytes })),
  );
  const isFull = rows.length === range.limit;
  return { rows, last: `${(isFull ? rows.at(-1)?.id : scannedTo) ?? after}`, isLast: !isFull && !isCut };
}
