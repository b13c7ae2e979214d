import { decompress } from "../../segments/compression.ts";
import {
  isLong,
  parseFeeds,
  parseManifest,
  positionsOf,
  type LongFeed,
  type Manifest,
} from "../../segments/manifest.ts";
import { FEEDS, feedsKey, manifestKey, POSTINGS, postingsKey } from "../../segments/object-names.ts";
import { insertDirectory, raiseBoundary, type DirectoryRow } from "../../store/archive/add-segment.ts";
import type { Move } from "../../store/archive/move-row.ts";
import { NotAsWritten, type Mover } from "./mover.ts";
import { asWritten, describeContent } from "./read-back.ts";

/** The JSON of these rows has less than 1 MB. D1: a parameter has at most 2 MB. */
const ROWS_A_STEP = 10_000;

/**
 * Inserts the rows of the directory for the long lists, from the objects in the bucket. The progress is the feed ID of
 * the last row. When all rows are there, the boundary moves above the segment.
 */
export async function fillDirectory(mover: Mover, move: Move): Promise<Move> {
  const { manifest, feeds, postings } = await readWritten(mover, move);
  const next = feeds.filter(({ id }) => id > move.progress).slice(0, ROWS_A_STEP);
  const last = next.at(-1);
  if (last === undefined) return finish(mover, move, manifest);
  const key = postingsKey({ first: move.first_event_id, last: move.last_event_id });
  const rows = asWritten(key, () => next.map((feed) => toRow(move, feed, postings)));
  await insertDirectory(mover.context.db, mover.token, rows);
  return mover.mark(move, "directory", last.id);
}

function toRow(move: Move, feed: LongFeed, postings: Uint8Array): DirectoryRow {
  const { id: feed_id, first_event_id, last_event_id, events, start, bytes } = feed;
  positionsOf(feed, postings); // throws if the list is damaged
  return { feed_id, first_event_id, last_event_id, segment: move.first_event_id, events, start, bytes };
}

/** @throws NotAsWritten if an object is missing, or is not the one that the manifest describes */
async function readWritten(mover: Mover, move: Move) {
  const segment = { first: move.first_event_id, last: move.last_event_id };
  const key = manifestKey(segment);
  const content = await find(mover, key);
  const manifest = asWritten(key, () => parseManifest(content));
  const postings = await find(mover, postingsKey(segment));
  const compressed = await find(mover, feedsKey(segment));
  const feeds = asWritten(feedsKey(segment), () => decompress(compressed));
  requireDigest(manifest, POSTINGS, postings, postingsKey(segment));
  requireDigest(manifest, FEEDS, feeds, feedsKey(segment));
  return { manifest, postings, feeds: asWritten(feedsKey(segment), () => parseFeeds(feeds)).filter(isLong) };
}

async function find({ archive }: Mover, key: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await archive.find(key);
  if (bytes === undefined) throw new NotAsWritten(key, "The object is missing.");
  return bytes;
}

function requireDigest(manifest: Manifest, name: string, content: Uint8Array, key: string): void {
  if (manifest.objects[name]?.sha256 !== describeContent(content).sha256) {
    throw new NotAsWritten(key, "The object is not the one that the manifest describes.");
  }
}

async function finish(mover: Mover, move: Move, manifest: Manifest): Promise<Move> {
  const { db, log } = mover.context;
  const { first_event_id, last_event_id, events } = move;
  const objects = await mover.archive.listObjects({ first: first_event_id, last: last_event_id });
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
  const recorded_to = Date.parse(manifest.recorded_to);
  const segment = { first_event_id, last_event_id, events, runs: JSON.stringify(manifest.runs), bytes, recorded_to };
  if (!(await raiseBoundary(db, mover.token, segment, manifest.erased))) {
    await mover.requireLease();
    throw new NotAsWritten(
      manifestKey({ first: first_event_id, last: last_event_id }),
      "An event was erased while it was moved.",
    );
  }
  log({ event: "archive_moved", first_event_id, last_event_id, events, bytes });
  return mover.mark(move, "forget", 0);
}
