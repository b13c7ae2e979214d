import { formatIso } from "../../lib/time.ts";
import { compress } from "../../segments/compression.ts";
import { writeLines } from "../../segments/json-lines.ts";
import { BUNDLE_EVENTS, type ArchivedFeed, type Manifest } from "../../segments/manifest.ts";
import { FEEDS, feedsKey, manifestKey, POSTINGS, postingsKey } from "../../segments/object-names.ts";
import { runsOf } from "../../segments/runs.ts";
import { describeEvents, type EventsInRange } from "../../store/archive/movable-events.ts";
import { listFeedNames, type FeedName } from "../../store/archive/movable-entries.ts";
import type { Move } from "../../store/archive/move-row.ts";
import { collectLists, type FeedList } from "./collect-lists.ts";
import { MoveRefused, NotAsWritten, type Mover } from "./mover.ts";
import { describeContent, readBackBundles, type WrittenEvents } from "./read-back.ts";

/**
 * Writes the lists of the feeds, and then the manifest. The manifest describes the bundles as the bucket returns them.
 */
export async function writePostings(mover: Mover, move: Move): Promise<Move> {
  const { db } = mover.context;
  const segment = { first: move.first_event_id, last: move.last_event_id };
  const written = await readBackBundles(mover, move);
  const inD1 = await requireUnchanged(mover, move, written);
  const lists = await collectLists(db, move, runsOf(written.ids), mover.sizes.keepUpTo);
  const postings = Buffer.concat(lists.flatMap(({ list }) => (list instanceof Uint8Array ? [list] : [])));
  const feeds = writeLines(await nameFeeds(mover, lists));
  await mover.put(postingsKey(segment), postings);
  await mover.put(feedsKey(segment), compress(feeds));
  const objects = { ...written.objects, [POSTINGS]: describeContent(postings), [FEEDS]: describeContent(feeds) };
  await mover.put(manifestKey(segment), writeLines([manifestOf(move, { ...written, objects }, inD1)]));
  return mover.mark(move, "directory", 0);
}

/**
 * @throws NotAsWritten if an event was erased in D1 after it had been written; MoveRefused if D1 no longer has the same
 * number of events
 */
async function requireUnchanged({ context }: Mover, move: Move, { erased }: WrittenEvents): Promise<EventsInRange> {
  const inD1 = await describeEvents(context.db, move.first_event_id, move.last_event_id);
  if (inD1?.events !== move.events) {
    throw new MoveRefused(
      move.first_event_id,
      `D1 has ${inD1?.events} events from this one on, and not ${move.events}.`,
    );
  }
  if (inD1.erased !== erased) {
    const key = manifestKey({ first: move.first_event_id, last: move.last_event_id });
    throw new NotAsWritten(key, "An event was erased while it was moved.");
  }
  return inD1;
}

async function nameFeeds({ context }: Mover, lists: readonly FeedList[]): Promise<ArchivedFeed[]> {
  const names = await listFeedNames(
    context.db,
    lists.map(({ feed }) => feed),
  );
  const byId = new Map(names.map((name) => [name.id, name]));
  let end = 0;
  return lists.map((list) => {
    const { id, scope, kind, name } = requireName(byId, list);
    const feed = { id, scope, kind, name };
    if (!(list.list instanceof Uint8Array)) return { ...feed, positions: list.list };
    const [start, bytes] = [end, list.list.byteLength];
    end += bytes;
    const { events, first: first_event_id, last: last_event_id } = list;
    return { ...feed, events, first_event_id, last_event_id, start, bytes };
  });
}

function requireName(names: Map<number, FeedName>, { feed, first }: FeedList): FeedName {
  const name = names.get(feed);
  if (name === undefined) throw new MoveRefused(first, `The feed ${feed} of the event is missing.`);
  return name;
}

function manifestOf(move: Move, written: WrittenEvents, { recorded_from, recorded_to }: EventsInRange): Manifest {
  return {
    format: "tidings/segment/v1",
    first_event_id: move.first_event_id,
    last_event_id: move.last_event_id,
    events: move.events,
    erased: written.erased,
    bundle_events: BUNDLE_EVENTS,
    runs: runsOf(written.ids).map(([id, position]) => [id, position]),
    recorded_from: formatIso(recorded_from),
    recorded_to: formatIso(recorded_to),
    log_first_index: written.firstIndex,
    objects: written.objects,
  };
}
