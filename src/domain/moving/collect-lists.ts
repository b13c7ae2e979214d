import { encodePositions } from "../../segments/positions.ts";
import { positionOf, type Runs } from "../../segments/runs.ts";
import { listEntriesBetween, type FeedEntry } from "../../store/archive/movable-entries.ts";
import type { Move } from "../../store/archive/move-row.ts";
import type { Database } from "../../store/database.ts";
import { MoveRefused } from "./mover.ts";

/** The positions of a feed's events in the segment, encoded if there are more than a few. */
export interface FeedList {
  feed: number;
  /** The IDs of the feed's first and last event in the segment. */
  first: number;
  last: number;
  events: number;
  list: Uint8Array | number[];
}

/** A query returns them in one row. D1: a row has at most 2 MB. */
const ENTRIES_A_QUERY = 50_000;

/**
 * Makes the lists of all feeds that have events in the segment, in the order of their IDs, from the entries in D1.
 * @param keepUpTo lists with at most so many events are not encoded
 * @throws MoveRefused if an entry names an event that does not exist
 */
export async function collectLists(db: Database, move: Move, runs: Runs, keepUpTo: number): Promise<FeedList[]> {
  const lists: FeedList[] = [];
  let ofFeed: FeedEntry[] = [];
  let after: FeedEntry = { feed: 0, event: 0 };
  const range = { first: move.first_event_id, last: move.last_event_id };
  for (;;) {
    const entries = await listEntriesBetween(db, range, after, ENTRIES_A_QUERY);
    for (const entry of entries) {
      if (ofFeed[0] !== undefined && ofFeed[0].feed !== entry.feed) {
        lists.push(toList(ofFeed, positionsIn(move, runs, ofFeed), keepUpTo));
        ofFeed = [];
      }
      ofFeed.push(entry);
    }
    const last = entries.at(-1);
    if (last === undefined || entries.length < ENTRIES_A_QUERY) break;
    after = last;
  }
  return ofFeed.length === 0 ? lists : [...lists, toList(ofFeed, positionsIn(move, runs, ofFeed), keepUpTo)];
}

function positionsIn(move: Move, runs: Runs, entries: readonly FeedEntry[]): number[] {
  return entries.map(({ event }) => {
    const position = positionOf(runs, move.events, event);
    if (position !== undefined) return position;
    throw new MoveRefused(event, "A feed has an entry of this event, which does not exist.");
  });
}

function toList(entries: readonly FeedEntry[], positions: number[], keepUpTo: number): FeedList {
  const [first, last] = [entries[0], entries.at(-1)];
  return {
    feed: first?.feed ?? 0,
    first: first?.event ?? 0,
    last: last?.event ?? 0,
    events: entries.length,
    list: entries.length <= keepUpTo ? positions : encodePositions(positions),
  };
}
