import type { EventRow } from "../../store/events/event-rows.ts";
import type { PageRow } from "../../store/events/page-columns.ts";

/** The approximate number of bytes of a large page that are read in one query. */
const PART_BYTES = 1_000_000;

/** True if the query of the page returned every event in full. */
export function isWhole<Row extends EventRow>(rows: PageRow<Row>[]): rows is (Row & { unread_bytes: null })[] {
  return rows.every(({ unread_bytes }) => unread_bytes === null);
}

/**
 * Yields the events of a page in order. If the query of the page left out large events, yields the page part by part.
 * Calls `find` for a part only when the caller needs this part.
 * @throws Error if an event no longer exists, because without it the response would only seem complete.
 */
export async function* readInParts<Row extends EventRow>(
  rows: PageRow<Row>[],
  find: (ids: number[]) => Promise<Row[]>,
): AsyncGenerator<Row[]> {
  if (isWhole(rows)) return yield rows;
  for (const part of splitIntoParts(rows)) {
    const ids = part.filter(({ unread_bytes }) => unread_bytes !== null).map(({ id }) => id);
    const found = new Map(ids.length === 0 ? [] : (await find(ids)).map((row) => [row.id, row]));
    yield part.map((row) => (row.unread_bytes === null ? row : (found.get(row.id) ?? failMissing(row.id))));
  }
}

function* splitIntoParts<Row extends EventRow>(rows: PageRow<Row>[]): Generator<PageRow<Row>[]> {
  let part: PageRow<Row>[] = [];
  let bytes = 0;
  for (const row of rows) {
    const more = row.unread_bytes ?? row.json.length;
    if (bytes > 0 && bytes + more > PART_BYTES) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(row);
    bytes += more;
  }
  yield part;
}

function failMissing(id: number): never {
  throw new Error(`event ${id} of a page no longer exists`);
}
