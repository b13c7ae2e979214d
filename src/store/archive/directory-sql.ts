/** What the directory's SQL needs to know of the merge that it continues. */
export interface DirectoryScope {
  /** SQL: a SELECT of the reader's feeds, with the column `feed_id`. */
  feeds: string;
  /** SQL: the number of events that the merge needs. */
  wanted: string;
}

/**
 * SQL: the common table `limits`, with one row. `boundary`: the events up to this ID are in the archive. `deleted_to`: the
 * events up to this ID are deleted. `floor` is the higher of the two: events above it are in D1.
 */
export const LIMITS = `limits (boundary, deleted_to, floor) AS MATERIALIZED (
          SELECT coalesce(max(boundary), 0), coalesce(max(deleted_to), 0), coalesce(max(boundary, deleted_to), 0)
          FROM archive_state WHERE id = 1
        )`;

export const FLOOR = "(SELECT floor FROM limits)";
const BOUNDARY = "(SELECT boundary FROM limits)";
const DELETED_TO = "(SELECT deleted_to FROM limits)";
const CURSOR = "CAST(?3 AS INTEGER)";
const BEFORE = `min(${CURSOR}, ${BOUNDARY} + 1)`;
const AFTER = `max(${CURSOR}, ${DELETED_TO})`;

/** SQL: true if the archive has events that are not deleted. */
export const HAS_OLDER = `(${BOUNDARY} > ${DELETED_TO})`;

/**
 * A row of the directory is one text, because a scalar subquery returns one value. The text begins with the first ID of
 * the segment, so that the texts sort by segment. The rest is a JSON array.
 */
const ROW_START = 17;

function fieldOf(text: string, index: number): string {
  return `(substr(${text}, ${ROW_START})->>'$[${index}]')`;
}

interface Direction {
  order: "DESC" | "ASC";
  /** SQL: true if the archive may have events on this side of the cursor. `limits` is the outer loop of the join. */
  mayHave: string;
  /** SQL: the first row of the feed `f`, and the row after the row `chain.text`. */
  first: string;
  next: string;
  /** SQL: the number of events of the row `text` that may be on the other side of the cursor. */
  beyond: (text: string) => string;
  /** SQL: the same conditions for the entries of a feed. */
  firstEntry: string;
  nextEntry: string;
}

/** SQL: the text of the first row of the SELECT `from`. */
function rowText(from: string): string {
  return `(SELECT printf('%016d[%d,%d,%d,%d,%d,%d]', d.segment, d.feed_id, d.first_event_id, d.last_event_id, d.events,
              d.start, d.bytes) FROM ${from})`;
}

function rowsOf(feed: string, condition: string, order: string): string {
  return `archive_directory d WHERE d.feed_id = ${feed} AND ${condition} ORDER BY d.first_event_id ${order} LIMIT 1`;
}

const DESCENDING: Direction = {
  order: "DESC",
  mayHave: "limits.boundary > limits.deleted_to",
  first: rowText(rowsOf("f.feed_id", `d.first_event_id < ${BEFORE} AND d.first_event_id > ${DELETED_TO}`, "DESC")),
  next: rowText(
    rowsOf(
      "chain.feed_id",
      `d.first_event_id < ${fieldOf("chain.text", 1)} AND d.first_event_id > ${DELETED_TO}`,
      "DESC",
    ),
  ),
  beyond: (text) => `${fieldOf(text, 2)} - ${CURSOR} + 1`,
  firstEntry: `event_id < ${BEFORE} AND event_id > ${DELETED_TO}`,
  nextEntry: `event_id < kept.event_id AND event_id > ${DELETED_TO}`,
};

/** The first row may begin before the cursor and end after it. */
const ASCENDING: Direction = {
  order: "ASC",
  mayHave: `limits.boundary > max(${CURSOR}, limits.deleted_to)`,
  first: `coalesce(
            ${rowText(`(SELECT * FROM ${rowsOf("f.feed_id", `d.first_event_id <= ${AFTER}`, "DESC")}) d WHERE d.last_event_id > ${AFTER}`)},
            ${rowText(rowsOf("f.feed_id", `d.first_event_id > ${AFTER} AND d.first_event_id <= ${BOUNDARY}`, "ASC"))})`,
  next: rowText(
    rowsOf(
      "chain.feed_id",
      `d.first_event_id > ${fieldOf("chain.text", 1)} AND d.first_event_id <= ${BOUNDARY}`,
      "ASC",
    ),
  ),
  beyond: (text) => `${AFTER} - ${fieldOf(text, 1)} + 1`,
  firstEntry: `event_id > ${AFTER} AND event_id <= ${BOUNDARY}`,
  nextEntry: `event_id > kept.event_id AND event_id <= ${BOUNDARY}`,
};

/** A page with filters may scan more events. If they have more rows, another query reads them. */
const MAX_ROWS = 501;

/** SQL: the maximum number of entries in one result. */
const maxKept = (wanted: string) => `min(${wanted}, ${MAX_ROWS})`;

/**
 * SQL: the maximum number of rows in one result. The result may end within a segment, so it may have one row of each feed
 * too many. The same holds for the first segment, if the cursor is in the archive.
 */
const maxRows = (wanted: string) =>
  `(${maxKept(wanted)} + json_array_length(?2) * iif(${CURSOR} > ${BOUNDARY}, 1, 2) + 8)`;

/** SQL: the last segment whose first ID fulfils the condition, as JSON. */
function segmentOf(condition: string): string {
  return `(SELECT json_array(s.first_event_id, s.last_event_id, s.events, json(s.runs)) FROM archive_segments s
              WHERE s.first_event_id ${condition} ORDER BY s.first_event_id DESC LIMIT 1)`;
}

/**
 * SQL: a SELECT of one row with the reader's rows of the directory, as JSON. Their segments come in the order of the
 * merge. `at_least` is a number of events that these rows certainly have on this side of the cursor.
 *
 * As in the merge of the entries, the recursion is a priority queue: it begins with the first row of each feed, and each
 * step takes the first of all rows and adds the next row of the same feed. The recursion leaves a feed when the feed's own
 * rows have all wanted events.
 */
function directoryRows({ feeds, wanted }: DirectoryScope, { mayHave, first, next, order, beyond }: Direction): string {
  const certain = (text: string) => `max(0, ${fieldOf(text, 3)} - max(0, ${beyond(text)}))`;
  return `
          WITH RECURSIVE chain (text, feed_id, total) AS (
            SELECT ${first}, f.feed_id, 0 FROM limits CROSS JOIN (${feeds}) f WHERE ${mayHave}
            UNION ALL
            SELECT ${next}, chain.feed_id, chain.total + ${certain("chain.text")} FROM chain
            WHERE chain.text IS NOT NULL AND chain.total + ${certain("chain.text")} < ${wanted}
            ORDER BY 1 ${order}
          )
          SELECT group_concat('[' || CAST(substr(text, 1, 16) AS INTEGER) || ',' || substr(text, ${ROW_START}) || ']') AS list,
            group_concat(DISTINCT CAST(substr(text, 1, 16) AS INTEGER)) AS segments,
            max(total + ${certain("text")}) AS at_least, count(*) AS count
          FROM (SELECT text, total FROM chain WHERE text IS NOT NULL LIMIT +${maxRows(wanted)})`;
}

/**
 * SQL: a SELECT of one row with the events of the archive whose entries are in D1, as JSON. The mover keeps the entries of
 * a feed with few events in a segment, and rows that are not deleted yet do no harm.
 */
function keptEntries({ feeds, wanted }: DirectoryScope, { mayHave, firstEntry, nextEntry, order }: Direction): string {
  const entry = (feed: string, condition: string) =>
    `(SELECT event_id FROM feed_entries WHERE feed_id = ${feed} AND ${condition} ORDER BY event_id ${order} LIMIT 1)`;
  return `
          WITH RECURSIVE kept (event_id, feed_id) AS (
            SELECT ${entry("f.feed_id", firstEntry)}, f.feed_id FROM limits CROSS JOIN (${feeds}) f WHERE ${mayHave}
            UNION ALL
            SELECT ${entry("kept.feed_id", nextEntry)}, kept.feed_id FROM kept WHERE kept.event_id IS NOT NULL
            ORDER BY 1 ${order}
          )
          SELECT group_concat('[' || event_id || ',' || ${segmentOf("<= event_id")} || ']') AS list, count(*) AS count
          FROM (SELECT DISTINCT event_id FROM kept WHERE event_id IS NOT NULL LIMIT +${maxKept(wanted)})`;
}

/** SQL: the rows and the kept entries as one JSON text for `parseDirectory`. NULL if there are none. */
const directoryOf = ({ wanted }: DirectoryScope) => `iif(rows.list IS NULL AND kept.list IS NULL, NULL,
            '[[' || coalesce(rows.list, '') || '],[' || coalesce(kept.list, '') || '],' || (
              SELECT json_group_array(json_array(s.first_event_id, s.last_event_id, s.events, json(s.runs)))
              FROM json_each('[' || coalesce(rows.segments, '') || ']') segment
              CROSS JOIN archive_segments s ON s.first_event_id = segment.value) || ',' || (rows.count >= ${maxRows(wanted)}) || ',' || (kept.count >= ${maxKept(wanted)}) || ']')`;

/** SQL: where the events of the archive before the cursor are, as JSON. */
export function directoryBefore(scope: DirectoryScope): string {
  return `(SELECT ${directoryOf(scope)} FROM (${directoryRows(scope, DESCENDING)}) rows CROSS JOIN (${keptEntries(scope, DESCENDING)}) kept)`;
}

/**
 * SQL: the common table `archived`, with one row: where the events of the archive after the cursor are, as JSON or NULL.
 * `rest` is the number of events above the boundary that may still be needed.
 */
export function archivedAfter(scope: DirectoryScope): string {
  const { wanted } = scope;
  return `archived (directory, rest) AS MATERIALIZED (
          SELECT ${directoryOf(scope)}, iif(rows.count >= ${maxRows(wanted)} OR kept.count >= ${maxKept(wanted)}, 0,
            max(0, ${wanted} - max(coalesce(rows.at_least, 0), kept.count)))
          FROM (${directoryRows(scope, ASCENDING)}) rows CROSS JOIN (${keptEntries(scope, ASCENDING)}) kept
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
