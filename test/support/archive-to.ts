import { env } from "cloudflare:workers";
import { openArchive } from "../../src/bucket/archive-objects.ts";
import { compress } from "../../src/segments/compression.ts";
import { BUNDLE_EVENTS } from "../../src/segments/manifest.ts";
import { bundleKey, postingsKey } from "../../src/segments/object-names.ts";
import { writeOpenedLine } from "../../src/segments/opened-lines.ts";
import { encodePositions } from "../../src/segments/positions.ts";
import { runsOf } from "../../src/segments/runs.ts";

interface Archiving {
  /** False: D1 keeps the rows of the segment, as at the beginning of a move's last phase. */
  forget?: boolean;
  /** False: the boundary stays below the segment, so the directory has rows that no reader may use yet. */
  setBoundary?: boolean;
  /**
   * D1 keeps the entries of a feed with at most this many events in the segment, and the directory has no row of it.
   */
  keepUpTo?: number;
}

interface MovedEvent {
  id: number;
  json: string;
  opening: string;
}

interface Segment {
  first: number;
  last: number;
}

const archive = openArchive(env.ARCHIVE, { r2Gets: 0 });
const always = () => Promise.resolve(true);

/**
 * Moves the events up to `last` that are not moved yet, as one segment of any size, and without the mover of the
 * service. Does nothing if there are no such events.
 */
export async function archiveTo(last: number, options: Archiving = {}): Promise<void> {
  const { forget = true, setBoundary = true, keepUpTo = 4 } = options;
  const { results: events } = await env.DB.prepare(
    `SELECT id, json, hex(opening) AS opening FROM events
    WHERE id > coalesce((SELECT boundary FROM archive_state), 0) AND id <= ?1 ORDER BY id`,
  )
    .bind(last)
    .all<MovedEvent>();
  const segment = { first: events[0]?.id ?? 0, last: events.at(-1)?.id ?? 0 };
  if (events.length === 0) return;
  await putBundles(segment, events);
  await putLists(segment, events, keepUpTo);
  await env.DB.batch([
    env.DB.prepare(
      "INSERT OR REPLACE INTO archive_segments (first_event_id, last_event_id, events, runs, bytes, recorded_to) VALUES (?1, ?2, ?3, ?4, 0, 0)",
    ).bind(segment.first, segment.last, events.length, JSON.stringify(runsOf(events.map(({ id }) => id)))),
    ...(setBoundary
      ? [
          env.DB.prepare(
            "INSERT INTO archive_state (id, boundary) VALUES (1, ?1) ON CONFLICT DO UPDATE SET boundary = excluded.boundary",
          ).bind(segment.last),
        ]
      : []),
  ]);
  if (forget && setBoundary) await forgetTo(segment.last);
}

/** Deletes the rows of moved events from D1. A step of the mover's last phase deletes some of them. */
export async function forgetTo(
  last: number,
  tables: readonly Forgettable[] = ["feed_entries", "events"],
): Promise<void> {
  await env.DB.batch(tables.map((table) => env.DB.prepare(FORGET[table]).bind(last)));
}

type Forgettable = keyof typeof FORGET;

const FORGET = {
  events: "DELETE FROM events WHERE id <= ?1",
  feed_entries: `DELETE FROM feed_entries AS e WHERE event_id <= ?1 AND EXISTS (SELECT 1 FROM archive_directory d
    WHERE d.feed_id = e.feed_id AND e.event_id BETWEEN d.first_event_id AND d.last_event_id)`,
};

async function putBundles(segment: Segment, events: readonly MovedEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += BUNDLE_EVENTS) {
    const lines = events.slice(start, start + BUNDLE_EVENTS).map((row) => writeOpenedLine({ ...row, index: null }));
    const bytes = compress(new TextEncoder().encode(lines.join("")));
    await archive.putExact(bundleKey(segment, start / BUNDLE_EVENTS), bytes, always);
  }
}

async function putLists(segment: Segment, events: readonly MovedEvent[], keepUpTo: number): Promise<void> {
  const positions = new Map(events.map(({ id }, position) => [id, position]));
  const { results } = await env.DB.prepare(
    `SELECT feed_id, json_group_array(event_id) AS ids FROM (
      SELECT feed_id, event_id FROM feed_entries WHERE event_id BETWEEN ?1 AND ?2 ORDER BY feed_id, event_id
    ) GROUP BY feed_id ORDER BY feed_id`,
  )
    .bind(segment.first, segment.last)
    .all<{ feed_id: number; ids: string }>();
  let start = 0;
  const lists: Uint8Array[] = [];
  const rows = results.flatMap(({ feed_id, ids: json }) => {
    const ids = JSON.parse(json) as number[];
    const ofFeed = ids.map((id) => positions.get(id) ?? Number.NaN);
    const list = encodePositions(ofFeed);
    lists.push(list);
    const row = [feed_id, ids[0], ids.at(-1), segment.first, ids.length, start, list.byteLength];
    start += list.byteLength;
    return ids.length <= keepUpTo ? [] : [row];
  });
  await archive.putExact(postingsKey(segment), new Uint8Array(Buffer.concat(lists)), always);
  const insert = env.DB.prepare(
    `INSERT OR REPLACE INTO archive_directory (feed_id, first_event_id, last_event_id, segment, events, start, bytes)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
  );
  for (let first = 0; first < rows.length; first += 500) {
    await env.DB.batch(rows.slice(first, first + 500).map((row) => insert.bind(...row)));
  }
}
