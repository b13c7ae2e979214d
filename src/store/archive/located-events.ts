import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import { sqlText } from "../sql-text.ts";
import { archiveQuery, FLOOR_ALONE, type RowWithFloor } from "./archive-query.ts";

/** What is needed to find the events of a segment in the bucket. */
export interface ArchivedSegment {
  /** The IDs of the first and the last event. */
  first: number;
  last: number;
  events: number;
  /** `[ID, position]` of the first event of each run of consecutive IDs, in ascending order. */
  runs: readonly (readonly [id: number, position: number])[];
}

/** Where an event is. */
export interface LocatedEvent {
  id: number;
  /** The event, if it is in D1. */
  json: string | null;
  /**
   * The segment that holds the event, if there is an event with this ID. Undefined if the event is in D1, or if it is
   * neither in D1 nor in the archive.
   */
  segment: ArchivedSegment | undefined;
}

/** SQL: where the archive ends, and the last event that retention deleted. SQLite reads each once in a statement. */
const BOUNDARY = "coalesce((SELECT boundary FROM archive_state WHERE id = 1), 0)";
const DELETED_TO = "coalesce((SELECT deleted_to FROM archive_state WHERE id = 1), 0)";

interface LocateOptions {
  above: "boundary" | "deleted_to";
  /** SQL: a condition on the other tables. If it is false, nothing is joined. */
  onlyIf?: string;
}

/**
 * SQL for the FROM of a statement: joins `events` and `segment` to `id`, the SQL expression of an ID. `events` has the
 * row in D1. If there is none, `segment` has the row of the segment that would hold the event.
 *
 * With `above: "boundary"`, a row that is about to be deleted from D1 is ignored. Then nothing that a reader can
 * see or measure depends on such rows. With `above: "deleted_to"`, such a row counts, because it saves a read of the
 * bucket.
 *
 * An ID that was never given belongs to a segment too, so that reading it takes the same time as reading an event that
 * the reader may not see.
 */
export function joinLocated(id: string, { above, onlyIf = "TRUE" }: LocateOptions): string {
  const floor = above === "boundary" ? `max(${BOUNDARY}, ${DELETED_TO})` : DELETED_TO;
  const oldest = "(SELECT min(first_event_id) FROM archive_segments)";
  // With CASE, SQLite reads no row that does not count, and seeks no segment for an event that is in D1.
  return `LEFT JOIN events ON events.id = CASE WHEN ${id} > ${floor} AND ${onlyIf} THEN ${id} END
      LEFT JOIN archive_segments segment ON segment.first_event_id = CASE
        WHEN events.id IS NOT NULL OR NOT (${onlyIf}) OR ${id} > ${BOUNDARY} OR ${id} <= ${DELETED_TO} THEN NULL
        WHEN ${id} < ${oldest} THEN ${oldest}
        ELSE (SELECT max(first_event_id) FROM archive_segments WHERE first_event_id <= ${id}) END`;
}

/** SQL: the columns that `toSegment` reads. */
export const SEGMENT_COLUMNS = `segment.first_event_id AS segment_first, segment.last_event_id AS segment_last,
      segment.events AS segment_events, segment.runs AS segment_runs`;

/** The columns are null if there is no segment. */
export interface SegmentColumns {
  segment_first: number | null;
  segment_last: number | null;
  segment_events: number | null;
  segment_runs: string | null;
}

export function toSegment(row: SegmentColumns): ArchivedSegment | undefined {
  const { segment_first: first, segment_last: last, segment_events: events, segment_runs: runs } = row;
  if (first === null || last === null || events === null || runs === null) return undefined;
  // only this service writes the column
  return { first, last, events, runs: JSON.parse(runs) as ArchivedSegment["runs"] };
}

/**
 * Finds out where the events with these IDs are, and reads those that are in D1. Returns a result for each ID, in the
 * order of `ids`.
 */
export function locateEventsQuery(
  db: Database,
  ids: readonly number[],
  options: Pick<LocateOptions, "above">,
): Query<LocatedEvent[]> {
  return locate(db, "(SELECT value AS id FROM json_each(?1)) wanted", JSON.stringify(ids), options);
}

/** Does the same for one ID. `id` is decimal text, because a number above 2^53 would lose digits. */
export function locateEventQuery(
  db: Database,
  id: string,
  options: Pick<LocateOptions, "above">,
): Query<LocatedEvent[]> {
  return locate(db, "(SELECT CAST(?1 AS INTEGER) AS id) wanted", id, options);
}

/** `wanted` is the SQL of a table of IDs, with the parameter ?1. */
function locate(
  db: Database,
  wanted: string,
  parameter: string,
  { above }: Pick<LocateOptions, "above">,
): Query<LocatedEvent[]> {
  const prepare = (readsArchive: boolean) => {
    const sql = sqlText(`locate ${wanted} ${above} ${readsArchive}`, () =>
      readsArchive
        ? `SELECT wanted.id, events.json, ${FLOOR_ALONE} AS floor, ${SEGMENT_COLUMNS}
          FROM ${wanted} ${joinLocated("wanted.id", { above })}`
        : `SELECT wanted.id, events.json, ${FLOOR_ALONE} AS floor
          FROM ${wanted} LEFT JOIN events ON events.id = wanted.id`,
    );
    return db.prepare(sql).bind(parameter);
  };
  return archiveQuery(db, prepare, (rows: LocatedRow[]) =>
    rows.map((row) => ({ id: row.id, json: row.json, segment: "segment_runs" in row ? toSegment(row) : undefined })),
  );
}

type LocatedRow = RowWithFloor & { id: number; json: string | null } & (SegmentColumns | object);

/** The events up to `boundary` are in the archive, except those up to `deletedTo`, which were deleted. */
export interface ArchiveEnds {
  boundary: number;
  deletedTo: number;
}

export function archiveEndsQuery(db: Database): Query<ArchiveEnds> {
  return {
    statement: db.prepare("SELECT boundary, deleted_to AS deletedTo FROM archive_state WHERE id = 1"),
    read: ([row]: ArchiveEnds[]) => row ?? { boundary: 0, deletedTo: 0 },
  };
}
