import type { EventRow } from "../../store/events/event-rows.ts";
import type { PageRow } from "../../store/events/page-columns.ts";

/** What is read at once of a page that is too large for one answer. */
const PART_BYTES = 1_000_000;

/** Whether a page's own query has brought all of it. */
export function isWhole(rows: PageRow[]): rows is (EventRow & { unread_bytes: null })[] {
  return rows.every(({ unread_bytes }) => unread_bytes === null);
}

/**
 * A page's events in their order: all at once, or, where its query left some of them out, part by part, each read by
 * `find` when the one before was taken.
 * @throws Error where an event is not there any more: what follows would pass for the whole page.
 */
export async function* readInParts(
  rows: PageRow[],
  find: (ids: number[]) => Promise<EventRow[]>,
): AsyncGenerator<EventRow[]> {
  if (isWhole(rows)) return yield rows;
  for (const part of partsOf(rows)) {
    const ids = part.filter(({ unread_bytes }) => unread_bytes !== null).map(({ id }) => id);
    const found = new Map(ids.length === 0 ? [] : (await find(ids)).map((row) => [row.id, row]));
    yield part.map((row) => (row.unread_bytes === null ? row : (found.get(row.id) ?? lacking(row.id))));
  }
}

function* partsOf(rows: PageRow[]): Generator<PageRow[]> {
  let part: PageRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    const more = row.unread_bytes ?? (row.data?.length ?? 0) + 2 * (row.allowed_groups?.length ?? 0);
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

function lacking(id: number): never {
  throw new Error(`event ${id} of a page is not there any more`);
}
