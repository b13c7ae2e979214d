import { takesDeliveries } from "../subscriptions/breaker.ts";
import type { Database } from "../database.ts";
import { ifKeyIsMine, keyParameters } from "./idempotency-keys.ts";
import { jsonChunks } from "./json-chunks.ts";
import { groupKeysOf } from "../subscriptions/group-keys.ts";
import { FIRST_EVENT_ID, type Recording } from "./recording.ts";

/**
 * One for each event and each subscription of its projects that takes its type and may be notified of it. A row of
 * `json_each` is a row read, and pairs are many: so each subscription is read once, and the events are looked up by path,
 * for numbers that are constants of the statement. `jsonb(?4)` is such a constant too: SQLite makes it once, where it
 * would compare the whole text with those that it has parsed for each path.
 */
export async function insertDeliveries(db: Database, recording: Recording): Promise<D1PreparedStatement[]> {
  const { events, eventsByProject: notices, now, sweepAt } = recording;
  const mostEvents = Math.max(0, ...notices.map(([, eventsOfProject]) => eventsOfProject.length));
  const mostGroups = Math.max(...events.map(({ allowed_groups = [] }) => allowed_groups.length));
  const statement = db.prepare(
    `INSERT INTO deliveries (event_id, subscription_id, project, state, next_attempt_at, sweep_at, created_at)
    SELECT ${FIRST_EVENT_ID} + told.value, s.id, s.project, iif(${takesDeliveries("s")}, 'pending', 'held'), ?5, ?6, ?5
    FROM json_each(${ifKeyIsMine("?4")}) p
    CROSS JOIN subscriptions s ON s.project = jsonb(?4)->>('$[' || p.key || '][0]')
    CROSS JOIN json_each((
      SELECT json_group_array(jsonb(?4)->>(e.path || '[0]'))
      FROM (SELECT '$[' || p.key || '][1][' || column1 || ']' AS path FROM (${numbersBelow(mostEvents)})) e
      WHERE json_type(jsonb(?4), e.path) IS NOT NULL
        AND (s.event_types IS NULL OR instr(s.event_types, jsonb(?4)->>(e.path || '[1]')))
        AND (json_type(jsonb(?4), e.path || '[2]') = 'null' OR EXISTS (
          SELECT 1 FROM (SELECT jsonb(?4)->>(e.path || '[2][' || column1 || ']') AS path FROM (${numbersBelow(mostGroups)})) g
          WHERE json_type(s.allowed_group_keys, g.path) IS NOT NULL))
    )) told
    RETURNING id, state`,
  );
  return jsonChunks(await withGroupPaths(recording)).map((chunk) =>
    statement.bind(...keyParameters(recording.keyClaim), events.length, chunk, now, sweepAt),
  );
}

/** The notices, with each type in its quotes and each group as its path in `allowed_group_keys`. */
async function withGroupPaths({ events, eventsByProject: notices }: Recording) {
  const keys = await groupKeysOf(events.map(({ allowed_groups = [] }) => allowed_groups));
  return notices.map(([project, eventsOfProject]) => [
    project,
    eventsOfProject.map(([offset, type, groups]) => [
      offset,
      `"${type}"`,
      groups?.map((name) => `$."${keys.get(name)}"`) ?? null,
    ]),
  ]);
}

/** For a FROM; `column1` counts from 0. Holds 0 at least, for SQL has no empty list. */
function numbersBelow(count: number): string {
  return `VALUES ${Array.from({ length: Math.max(1, count) }, (_, number) => `(${number})`).join(", ")}`;
}
