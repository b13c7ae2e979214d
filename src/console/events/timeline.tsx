import { scopesOf, type Scope } from "../../domain/scope.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { PlaceLinks } from "./crumbs.tsx";
import { DataTree } from "./data-tree.tsx";
import { Icon, IconShapes, kindOf } from "./icons.tsx";
import { clockOf, dayOf, Moment } from "../frame/moment.tsx";
import { Sentence } from "../frame/told.tsx";

/** What is longer is on the event's own page, so that a page of fifty stays light. */
const MOST_DATA = 600;

/** Events by the days that they happened on. They come in the order of recording: a day may come twice. */
export function Timeline({ rows, now }: { rows: EventRow[]; now: number }) {
  return (
    <>
      <IconShapes kinds={rows.map(({ type }) => kindOf(type))} />
      {runsOfDays(rows, now).map(({ day, rows: ofDay }) => (
        <section class="day">
          <h2>{day} UTC</h2>
          <ol>
            {ofDay.map((row) => (
              <Item row={row} now={now} />
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

function Item({ row, now }: { row: EventRow; now: number }) {
  return (
    <li>
      <Icon kind={kindOf(row.type)} />
      <div class="told">
        <p>
          <Sentence row={row} />
        </p>
        <p class="about">
          <a href={`/events/${row.id}`}>
            <span class="spoken">Event {row.id}, </span>
            {clockOf({ timestampNs: row.timestamp })}, <Moment timestampNs={row.timestamp} now={now} />
          </a>
          {placesOf(row).map((scope) => (
            <PlaceLinks scope={scope} />
          ))}
          {row.allowed_groups !== null && <span class="restricted">Restricted</span>}
        </p>
        {row.data !== null && <Data id={row.id} json={row.data} />}
      </div>
    </li>
  );
}

function Data({ id, json }: { id: number; json: string }) {
  if (json.length <= MOST_DATA) return <DataTree json={json} />;
  return (
    <p class="data">
      <a href={`/events/${id}#data`}>
        Data <span class="aside">{Math.ceil(json.length / 1024)} KB</span>
      </a>
    </p>
  );
}

/** The innermost scope in each tree. */
export function placesOf(row: EventRow): Scope[] {
  const names = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  const scopes = scopesOf(names);
  return (["inventory", "state"] as const).flatMap((tree) => {
    const innermost = scopes.findLast((scope) => scope[0] === tree);
    return innermost === undefined ? [] : [innermost];
  });
}

function runsOfDays(rows: EventRow[], now: number): { day: string; rows: EventRow[] }[] {
  const runs: { day: string; rows: EventRow[] }[] = [];
  for (const row of rows) {
    const day = dayOf(row.timestamp, now);
    const last = runs.at(-1);
    if (last?.day === day) last.rows.push(row);
    else runs.push({ day, rows: [row] });
  }
  return runs;
}
