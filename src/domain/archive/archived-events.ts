import { locateEventsQuery, type ArchivedSegment, type LocatedEvent } from "../../store/archive/located-events.ts";
import { run } from "../../store/query.ts";
import { groupByBundle, readBundles, type ArchivedEvent } from "./archived-bundles.ts";
import { ObjectMissing } from "./read-object.ts";
import type { Reading } from "./reading.ts";

/**
 * Finds the events with these IDs in the archive, in no particular order. Takes one query to D1, and a GET for each
 * bundle that is not cached. Leaves out an ID that no event of the archive has.
 * @throws AppError `unavailable`
 */
export async function findArchivedEvents(reading: Reading, ids: readonly number[]): Promise<ArchivedEvent[]> {
  const locate = () => run(locateEventsQuery(reading.db, ids, { above: "boundary" }));
  return (await readLocated(reading, locate)).archived;
}

/** The events that were located, and those of them that are in the archive, in no particular order. */
interface FoundEvents<Located> {
  located: Located[];
  archived: ArchivedEvent[];
}

/**
 * Finds out with `locate` where events are, and reads those that are in the archive.
 * @throws AppError `unavailable`
 */
export async function readLocated<Located extends LocatedEvent>(
  reading: Reading,
  locate: () => Promise<Located[]>,
): Promise<FoundEvents<Located>> {
  const located = await locate();
  if (countArchived(located) === 0) return { located, archived: [] };
  try {
    return await readArchived(reading, located);
  } catch (error) {
    // Retention first stores in D1 that it deletes a segment, and then deletes the objects. So if an object is missing,
    // D1 is asked once more where the events are.
    const again = error instanceof ObjectMissing ? await locate() : located;
    if (countArchived(again) === countArchived(located)) throw error;
    return readArchived(reading, again);
  }
}

async function readArchived<Located extends LocatedEvent>(
  reading: Reading,
  located: Located[],
): Promise<FoundEvents<Located>> {
  return { located, archived: await readBundles(reading, groupByBundle(inArchive(located))) };
}

function countArchived(located: LocatedEvent[]): number {
  return inArchive(located).length;
}

function inArchive(located: LocatedEvent[]): { id: number; segment: ArchivedSegment }[] {
  return located.flatMap(({ id, segment }) => (segment === undefined ? [] : [{ id, segment }]));
}
