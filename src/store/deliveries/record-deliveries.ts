import { takesDeliveries } from "./breaker.ts";
import type { Database } from "../database.ts";
import { ifKeyIsMine, keyParameters } from "../events/idempotency.ts";
import { jsonChunks } from "../events/json-chunks.ts";
import { FIRST_EVENT_ID, type Recording } from "../events/recording.ts";

/**
 * One for each event and each subscription of its projects that takes its type and may be told of it. A row of
 * `json_each` is a row read, and pairs are many: so each subscription is read once, and the events that it is told of
 * are looked up by path, for numbers that are constants of the statement.
 */
export function insertDeliveries(db: Database, recording: Recording): D1PreparedStatement[] {
  const { events, notices, now, sweepAt } = recording;
  const mostGroups = Math.max(...events.map(({ allowed_groups = [] }) => allowed_groups.length));
  const statement = db.prepare(
    `INSERT INTO deliveries (event_id, subscription_id, project, state, next_attempt_at, sweep_at, created_at)
    SELECT ${FIRST_EVENT_ID} + told.value, s.id, s.project, iif(${takesDeliveries("s")}, 'pending', 'held'), ?5, ?6, ?5
    FROM json_each(${ifKeyIsMine("?4")}) p
    CROSS JOIN subscriptions s ON s.project = ?4->>('$[' || p.key || '][0]')
    CROSS JOIN json_each((
      SELECT json_group_array(?4->>(e.path || '[0]'))
      FROM (SELECT '$[' || p.key || '][1][' || column1 || ']' AS path FROM (${numbersBelow(events.length)})) e
      WHERE json_type(?4, e.path) IS NOT NULL
        AND (s.event_types IS NULL OR instr(s.event_types, ?4->(e.path || '[1]')))
        AND (json_type(?4, e.path || '[2]') = 'null' OR EXISTS (
          SELECT 1 FROM (SELECT ?4->(e.path || '[2][' || column1 || ']') AS name FROM (${numbersBelow(mostGroups)})) g
          WHERE ${isListed("g.name", "s.allowed_groups")}))
    )) told
    RETURNING id, state`,
  );
  return jsonChunks(notices).map((chunk) =>
    statement.bind(...keyParameters(recording.keyClaim), events.length, chunk, now, sweepAt),
  );
}

/** For a FROM; `column1` counts from 0. Holds 0 at least, for SQL has no empty list. */
function numbersBelow(count: number): string {
  return `VALUES ${Array.from({ length: Math.max(1, count) }, (_, number) => `(${number})`).join(", ")}`;
}

/**
 * Whether a JSON array holds a JSON string, both as `JSON.stringify` writes them. A quote right after `[` or `,` opens
 * an element, or closes one that ends in that character; what follows the latter is `,"`, so it passes for no element
 * but ",", which is looked for in full.
 */
function isListed(text: string, array: string): string {
  return `(instr(${array}, ',' || ${text}) OR instr(${array}, '[' || ${text}))
            AND (${text} <> '","' OR EXISTS (SELECT 1 FROM json_each(${array}) WHERE value = ','))`;
}
