import { env } from "cloudflare:workers";
import { contextFor } from "../../src/context.ts";
import { IdGuard } from "../../src/domain/log/id-guard.ts";
import { recordEvents } from "../../src/domain/events/record-events.ts";
import { openArchive } from "../../src/bucket/archive-objects.ts";
import { NewEvent } from "../../src/schemas/event.ts";
import { compress } from "../../src/segments/compression.ts";
import { bundleKey } from "../../src/segments/object-names.ts";
import { writeOpenedLine } from "../../src/segments/opened-lines.ts";
import { runsOf } from "../../src/segments/runs.ts";
import { accepts } from "./receivers.ts";
import { aScenario, records, startOfTime, webhook } from "./scenario.ts";

const HEALTHY = "https://healthy.example.com/";

/**
 * Deliveries of two events that are in two segments of the archive. The sweep hints them two minutes later, when another
 * event is recorded.
 */
export const archivedEvents = aScenario("deliveries of archived events", {
  subscriptions: [webhook(HEALTHY)],
  prepare: async () => {
    for (let segment = 0; segment < 2; segment++) {
      await recordUnhinted();
      await archive();
    }
  },
  receivers: { [HEALTHY]: accepts },
  actions: [records(120, "hot", { type: "ADD_BUILD" })],
});

/** Records an event, and loses the hint of its delivery. */
async function recordUnhinted(): Promise<void> {
  const nothing = () => Promise.resolve();
  const context = {
    ...contextFor(env, { waitUntil: () => {} }),
    hints: { first: nothing, retry: nothing, release: nothing, log: nothing },
    idGuard: new IdGuard(), // IDs start from 1 in each run
    now: () => startOfTime,
  };
  await recordEvents(context, [NewEvent.parse({ type: "ADD_BUILD", username: "archived", state_project: "shop" })]);
}

/** Moves all events in one segment. It is smaller than those of the service, so that a run takes less time. */
async function archive(): Promise<void> {
  const { results } = await env.DB.prepare("SELECT id, json, hex(opening) AS opening FROM events ORDER BY id").all<{
    id: number;
    json: string;
    opening: string;
  }>();
  const ids = results.map(({ id }) => id);
  const segment = { first: ids[0] ?? 0, last: ids.at(-1) ?? 0 };
  const lines = results.map((row) => writeOpenedLine({ ...row, index: null }));
  const bytes = compress(new TextEncoder().encode(lines.join("")));
  await openArchive(env.ARCHIVE, { r2Gets: 0 }).putExact(bundleKey(segment, 0), bytes, () => Promise.resolve(true));
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO archive_segments (first_event_id, last_event_id, events, runs, bytes, recorded_to)
      VALUES (?1, ?2, ?3, ?4, 0, 0)`,
    ).bind(segment.first, segment.last, ids.length, JSON.stringify(runsOf(ids))),
    env.DB.prepare(
      `INSERT INTO archive_state (id, boundary) VALUES (1, ?1)
      ON CONFLICT DO UPDATE SET boundary = excluded.boundary`,
    ).bind(segment.last),
    env.DB.prepare("DELETE FROM events"),
    env.DB.prepare("DELETE FROM feed_entries"),
  ]);
}
