import type { Database } from "../database.ts";
import { takesDeliveries } from "../subscriptions/hold-deliveries.ts";
import { computeGroupKeys } from "../subscriptions/group-keys.ts";
import { ifKeyIsMine, keyParameters } from "./idempotency-keys.ts";
import { FIRST_EVENT_ID, jsonChunks, type Recording } from "./recording.ts";

/**
 * Inserts a delivery for each event and each subscription of the event's projects, if the subscription takes the
 * event's type and may receive the event. Reads each subscription once, and one row of `json_each` for each delivery.
 *
 * A row of `json_each` counts as a row read, and there are many pairs of an event and a subscription. So the statement
 * does not read the events with `json_each`. Instead, VALUES lists, whose rows do not count, give the JSON paths of the
 * events in ?4. `jsonb(?4)` is a constant of the statement, so SQLite computes it only once. With a bare ?4, SQLite
 * would compare the whole text with its cache of parsed texts at each path.
 */
export async function fanOutToSubscriptions(db: Database, recording: Recording): Promise<D1PreparedStatement[]> {
  const { events, eventsByProject, keyClaim, now, sweepAt } = recording;
  const maxEvents = Math.max(0, ...eventsByProject.map(([, eventsOfProject]) => eventsOfProject.length));
  const maxGroups = Math.max(...events.map(({ allowed_groups = [] }) => allowed_groups.length));
  const statement = db.prepare(
    `INSERT INTO deliveries (event_id, subscription_id, project, state, next_attempt_at, sweep_at, created_at)
    SELECT ${FIRST_EVENT_ID} + matching.value, s.id, s.project, iif(${takesDeliveries("s")}, 'pending', 'held'), ?5, ?6, ?5
    FROM json_each(${ifKeyIsMine("?4")}) p
    CROSS JOIN subscriptions s ON s.project = jsonb(?4)->>('$[' || p.key || '][0]')
    CROSS JOIN json_each((
      SELECT json_group_array(jsonb(?4)->>(e.path || '[0]'))
      FROM (SELECT '$[' || p.key || '][1][' || column1 || ']' AS path FROM (${numbersBelow(maxEvents)})) e
      WHERE json_type(jsonb(?4), e.path) IS NOT NULL
        AND (s.event_types IS NULL OR instr(s.event_types, jsonb(?4)->>(e.path || '[1]')))
        AND (json_type(jsonb(?4), e.path || '[2]') = 'null' OR EXISTS (
          SELECT 1 FROM (SELECT jsonb(?4)->>(e.path || '[2][' || column1 || ']') AS path FROM (${numbersBelow(maxGroups)})) g
          WHERE json_type(s.allowed_group_keys, g.path) IS NOT NULL))
    )) matching
    RETURNING id, state`,
  );
  return jsonChunks(await toMatchableEvents(recording)).map((chunk) =>
    statement.bind(...keyParameters(keyClaim), events.length, chunk, now, sweepAt),
  );
}

/**
 * Returns `eventsByProject` with each type in quotes, as in `event_types`, and with each group as its path in
 * `allowed_group_keys`.
 */
async function toMatchableEvents({ events, eventsByProject }: Recording) {
  const keys = computeGroupKeys(events.map(({ allowed_groups = [] }) => allowed_groups));
  return eventsByProject.map(([project, eventsOfProject]) => [
    project,
    eventsOfProject.map(([offset, type, groups]) => [
      offset,
      `"${type}"`,
      groups?.map((name) => `$."${keys.get(name)}"`) ?? null,
    ]),
  ]);
}

/**
 * Returns a VALUES list for a FROM. Its `column1` counts from 0 to `count - 1`. The list has at least one row, because
 * VALUES cannot be empty.
 */
function numbersBelow(count: number): string {
  return `VALUES ${Array.from({ length: Math.max(1, count) }, (_, number) => `(${number})`).join(", ")}`;
}
