import type { EventRow } from "../../store/events/event-rows.ts";
import type { PageRow } from "../../store/events/page-columns.ts";

/** About how many bytes of a large page are read at once. */
const PART_BYTES = 1_000_000;

/** Whether the page's query returned every event in full. */
export function isWhole<Row extends EventRow>(rows: PageRow<Row>[]): rows is (Row & { unread_bytes: null })[] {
  return rows.every(({ unread_bytes }) => unread_bytes === null);
}

/**
 * The events of a page in order: all at once, or, if its query left out large ones, part by part. `find` reads the next part
 * when the caller has taken the one before.
 * @throws Error if an event no longer exists: without it the response would look complete.
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
