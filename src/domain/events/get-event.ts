import { AppError } from "../../errors.ts";
import { parseEventFacts } from "../../schemas/event-json.ts";
import { Decimal } from "../../schemas/text.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import type { Reader } from "../access/roles.ts";
import { maySee } from "../access/visibility.ts";
import type { Reading } from "../archive/reading.ts";
import { findEvent } from "./events-by-id.ts";

/**
 * Returns an event that the reader may see.
 * @throws AppError `not-found` if the event is hidden, if the ID is unknown, or if the text is not an ID. The error is
 * the same in these three cases. `unavailable` if the archive would hold the event, whether the event exists or not,
 * and the archive cannot be read.
 */
export async function getEvent(reading: Reading, reader: Reader, id: string): Promise<EventRow> {
  return getVisible(reader, id, (known) => findEvent(reading, known));
}

/** Does the same as `getEvent`, but reads the event with `find`, which may return a row with more fields. */
export async function getVisible<Row extends EventRow>(
  reader: Reader,
  id: string,
  find: (id: string) => Promise<Row | undefined>,
): Promise<Row> {
  const row = Decimal.safeParse(id).success ? await find(id) : undefined;
  if (row === undefined || !maySee(reader, parseEventFacts(row.json))) {
    throw new AppError("not-found", "There is no event with this ID that you may see.");
  }
  return row;
}
