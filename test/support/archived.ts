import { env } from "cloudflare:workers";
import { openArchive } from "../../src/bucket/archive-objects.ts";
import { compress } from "../../src/segments/compression.ts";
import { BUNDLE_EVENTS } from "../../src/segments/manifest.ts";
import { bundleKey } from "../../src/segments/object-names.ts";
import { writeOpenedLine } from "../../src/segments/opened-lines.ts";
import { runsOf } from "../../src/segments/runs.ts";

/** Moves the events up to `last` that are not moved yet, as one segment. Without `forget`, D1 keeps its rows. */
export async function archiveTo(last: number, { forget = true } = {}): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT id, json, hex(opening) AS opening FROM events
    WHERE id > coalesce((SELECT boundary FROM archive_state), 0) AND id <= ?1 ORDER BY id`,
  )
    .bind(last)
    .all<{ id: number; json: string; opening: string }>();
  const ids = results.map(({ id }) => id);
  const segment = { first: ids[0] ?? 0, last: ids.at(-1) ?? 0 };
  const archive = openArchive(env.ARCHIVE, { r2Gets: 0 });
  for (let start = 0; start < results.length; start += BUNDLE_EVENTS) {
    const lines = results.slice(start, start + BUNDLE_EVENTS).map((row) => writeOpenedLine({ ...row, index: null }));
    const bytes = compress(new TextEncoder().encode(lines.join("")));
    await archive.putExact(bundleKey(segment, start / BUNDLE_EVENTS), bytes, () => Promise.resolve(true));
  }
  await env.DB.batch([
    env.DB.prepare(
      "INSERT INTO archive_segments (first_event_id, last_event_id, events, runs, bytes, recorded_to) VALUES (?1, ?2, ?3, ?4, 0, 0)",
    ).bind(segment.first, segment.last, ids.length, JSON.stringify(runsOf(ids))),
    env.DB.prepare(
      "INSERT INTO archive_state (id, boundary) VALUES (1, ?1) ON CONFLICT DO UPDATE SET boundary = excluded.boundary",
    ).bind(segment.last),
    ...(forget ? [env.DB.prepare("DELETE FROM events WHERE id <= ?1").bind(segment.last)] : []),
  ]);
}
