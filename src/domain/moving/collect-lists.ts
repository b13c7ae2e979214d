import { encodePositions } from "../../segments/positions.ts";
import { positionOf, type Runs } from "../../segments/runs.ts";
import { listEntriesBetween, type FeedEntry } from "../../store/archive/movable-entries.ts";
import type { Move } from "../../store/archive/move-row.ts";
import type { Database } from "../../store/database.ts";
import { MoveRefused } from "./mover.ts";

/** The list of a feed's positions in the segment. */
export interface FeedList {
  feed: number;
  list: Uint8Array;
  events: number;
  first: number;
  last: number;
}

/** D1's result has at most 1 MB. */
const ENTRIES_A_QUERY = 50_000;

/**
 * Makes the lists of all feeds that have events in the segment, in the order of their IDs, from the entries in D1.
 * @throws MoveRefused if an entry names an event that does not exist
 */
export async function collectLists(db: Database, move: Move, runs: Runs): Promise<FeedList[]> {
  const lists: FeedList[] = [];
  let own: FeedEntry[] = [];
  let after: FeedEntry = { feed: 0, event: 0 };
  const range = { first: move.first_event_id, last: move.last_event_id };
  for (;;) {
    const entries = await listEntriesBetween(db, range, after, ENTRIES_A_QUERY);
    for (const entry of entries) {
      if (own[0] !== undefined && own[0].feed !== entry.feed) {
        lists.push(toList(own, move, runs));
        own = [];
      }
      own.push(entry);
    }
    const last = entries.at(-1);
    if (last === undefined || entries.length < ENTRIES_A_QUERY) break;
    after = last;
  }
  return own.length === 0 ? lists : [...lists, toList(own, move, runs)];
}

function toList(entries: readonly FeedEntry[], move: Move, runs: Runs): FeedList {
  const positions = entries.map(({ event }) => {
    const position = positionOf(runs, move.events, event);
    if (position === undefined)
      throw new MoveRefused(event, "A feed has an entry of this event, which does not exist.");
    return position;
  });
  const [first, last] = [entries[0], entries.at(-1)];
  return {
    feed: first?.feed ?? 0,
    list: encodePositions(positions),
    events: entries.length,
    first: first?.event ?? 0,
    last: last?.event ?? 0,
  };
}
