/** What the directory's SQL needs to know of the merge that it continues. */
export interface DirectoryScope {
  /** SQL: a SELECT of the reader's feeds, with the column `feed_id`. */
  feeds: string;
  /** SQL: the number of events that the merge needs. */
  wanted: string;
}

/**
 * SQL: the common table `limits`, with one row. `boundary`: the events up to this ID are read from the archive.
 * `deleted_to`: the events up to this ID are deleted. `floor` is the higher of the two: the entries up to this ID are
 * not read.
 */
export const LIMITS = `limits (boundary, deleted_to, floor) AS MATERIALIZED (
          SELECT coalesce(max(boundary), 0), coalesce(max(deleted_to), 0), coalesce(max(boundary, deleted_to), 0)
          FROM archive_state WHERE id = 1
        )`;

export const FLOOR = "(SELECT floor FROM limits)";
const BOUNDARY = "(SELECT boundary FROM limits)";
const DELETED_TO = "(SELECT deleted_to FROM limits)";
const CURSOR = "CAST(?3 AS INTEGER)";

/** SQL: true if the archive may have events before the cursor. */
export const HAS_OLDER = `(${BOUNDARY} > ${DELETED_TO})`;

/**
 * A row of the directory as one text, because a scalar subquery returns one value. The text begins with the first ID of
 * the segment, so that the texts sort by segment. The rest is a JSON array, which `parseDirectory` reads.
 */
const ROW_TEXT = `printf('%016d[%d,%d,%d,%d,%d,%s,%d,%d]', d.segment, d.feed_id, d.first_event_id, d.last_event_id,
            d.segment, d.events, coalesce(d.positions, 'null'), d.start, d.bytes)`;
const ROW_START = 17;

const fieldOf = (row: string, index: number) => `(substr(${row}, ${ROW_START})->>'$[${index}]')`;

/** A page with filters may scan more events. If they have more rows, it reads them with another query. */
const MAX_ROWS = 501;

/** The maximum number of rows in one result. Two rows of each feed may have no event of the page. */
export function maxDirectoryRows(wanted: number, feeds: number): number {
  return Math.min(wanted, MAX_ROWS) + 2 * feeds + 8;
}

/** SQL: the same number. */
const maxRows = (wanted: string) => `(min(${wanted}, ${MAX_ROWS}) + 2 * json_array_length(?2) + 8)`;

interface Direction {
  /** SQL: true if the archive may have events on this side of the cursor. `limits` is the outer loop of the join. */
  mayHave: string;
  /** SQL: the first row of a feed. */
  seed: string;
  /** SQL: the row after the row `chain.text`. */
  next: string;
  order: "DESC" | "ASC";
  /** SQL: the number of events of the row `text` that may be on the other side of the cursor. */
  beyond: (text: string) => string;
}

function rowsOf(feed: string, condition: string, order: string): string {
  return `(SELECT ${ROW_TEXT} FROM archive_directory d WHERE d.feed_id = ${feed} AND ${condition}
            ORDER BY d.first_event_id ${order} LIMIT 1)`;
}

const DESCENDING: Direction = {
  mayHave: "limits.boundary > limits.deleted_to",
  seed: rowsOf(
    "f.feed_id",
    `d.first_event_id < min(${CURSOR}, ${BOUNDARY} + 1) AND d.first_event_id > ${DELETED_TO}`,
    "DESC",
  ),
  next: rowsOf(
    "chain.feed_id",
    `d.first_event_id < ${fieldOf("chain.text", 1)} AND d.first_event_id > ${DELETED_TO}`,
    "DESC",
  ),
  order: "DESC",
  beyond: (text) => `${fieldOf(text, 2)} - ${CURSOR} + 1`,
};

const AFTER = `max(${CURSOR}, ${DELETED_TO})`;

const ASCENDING: Direction = {
  mayHave: `limits.boundary > max(${CURSOR}, limits.deleted_to)`,
  seed: rowsOf(
    "f.feed_id",
    `d.first_event_id >= coalesce((SELECT max(first_event_id) FROM archive_directory
              WHERE feed_id = f.feed_id AND first_event_id <= ${AFTER}), 0)
            AND d.first_event_id <= ${BOUNDARY} AND d.last_event_id > ${AFTER}`,
    "ASC",
  ),
  next: rowsOf(
    "chain.feed_id",
    `d.first_event_id > ${fieldOf("chain.text", 1)} AND d.first_event_id <= ${BOUNDARY}`,
    "ASC",
  ),
  order: "ASC",
  beyond: (text) => `${AFTER} - ${fieldOf(text, 1)} + 1`,
};

/**
 * SQL: a SELECT of one row with the reader's rows of the directory, as JSON for `parseDirectory`. Their segments come in
 * the order of the merge. `at_least` is a number of events that these rows certainly have on this side of the cursor.
 *
 * As in the merge of the entries, the recursion is a priority queue: it begins with the first row of each feed, and each
 * step takes the first of all rows and adds the next row of the same feed. A feed is not followed further when its own
 * rows have all wanted events.
 */
function directoryRows({ feeds, wanted }: DirectoryScope, { seed, next, order, beyond, mayHave }: Direction): string {
  const certain = (text: string) => `max(0, ${fieldOf(text, 4)} - max(0, ${beyond(text)}))`;
  return `
          WITH RECURSIVE chain (text, feed_id, total) AS (
            SELECT ${seed}, f.feed_id, 0 FROM limits CROSS JOIN (${feeds}) f WHERE ${mayHave}
            UNION ALL
            SELECT ${next}, chain.feed_id, chain.total + ${certain("chain.text")} FROM chain
            WHERE chain.text IS NOT NULL AND chain.total + ${certain("chain.text")} < ${wanted}
            ORDER BY 1 ${order}
          )
          SELECT '[' || group_concat('[' || substr(text, ${ROW_START}) || ',' || coalesce((
              SELECT json_array(s.last_event_id, s.events, json(s.runs)) FROM archive_segments s
              WHERE s.first_event_id = CAST(substr(text, 1, 16) AS INTEGER)), 'null') || ']') || ']' AS directory,
            max(total + ${certain("text")}) AS at_least, count(*) AS count
          FROM (SELECT text, total FROM chain WHERE text IS NOT NULL
            LIMIT +${maxRows(wanted)})`;
}

/** SQL: the rows of the directory before the cursor, as JSON. NULL if there are none. */
export function directoryBefore(scope: DirectoryScope): string {
  return `(SELECT directory FROM (${directoryRows(scope, DESCENDING)}))`;
}

/**
 * SQL: the common table `archived`, with one row: the rows of the directory after the cursor as JSON, or NULL. `rest` is
 * the number of events that may still be needed from D1.
 */
export function archivedAfter(scope: DirectoryScope): string {
  const { wanted } = scope;
  return `archived (directory, rest) AS MATERIALIZED (
          SELECT directory, iif(count >= ${maxRows(wanted)}, 0, max(0, ${wanted} - coalesce(at_least, 0)))
          FROM (${directoryRows(scope, ASCENDING)})
        )`;
}

/**
 * SQL: true if the archive has an event of one of the feeds with the cursor's ID or a higher one. Only the last row of
 * each feed is read.
 */
export function hasArchivedFrom(feeds: string): string {
  return `(${CURSOR} <= ${BOUNDARY} AND EXISTS (SELECT 1 FROM (${feeds}) f WHERE (
          SELECT d.last_event_id FROM archive_directory d WHERE d.feed_id = f.feed_id AND d.first_event_id <= ${BOUNDARY}
          ORDER BY d.first_event_id DESC LIMIT 1) >= ${CURSOR}))`;
}
