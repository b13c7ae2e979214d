import { scopesOf, type Scope } from "../../domain/access/scope.ts";
import type { EventWithoutData } from "../../store/events/event-rows.ts";
import type { EventSummaryRow } from "../../store/events/page-columns.ts";
import { PlaceLinks } from "./crumbs.tsx";
import { DataTree } from "./data-tree.tsx";
import { Icon, IconShapes, kindOf } from "./icons.tsx";
import { clockOf, dayOf, RelativeTime } from "../shared/relative-time.tsx";
import { usePage } from "../shared/page-context.tsx";
import { Sentence } from "../shared/event-sentence.tsx";

/** Events by the days that they happened on. They come in the order of recording: a day may come twice. */
export function Timeline({ rows }: { rows: EventSummaryRow[] }) {
  const { now } = usePage();
  return (
    <>
      <IconShapes kinds={rows.map(({ type }) => kindOf(type))} />
      {runsOfDays(rows, now).map(({ day, rows: ofDay }) => (
        <section class="day">
          <h2>{day} UTC</h2>
          <ol>
            {ofDay.map((row) => (
              <Item row={row} />
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

function Item({ row }: { row: EventSummaryRow }) {
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
            {clockOf({ timestampNs: row.timestamp })}, <RelativeTime timestampNs={row.timestamp} />
          </a>
          {placesOf(row).map((scope) => (
            <PlaceLinks scope={scope} />
          ))}
          {row.is_restricted === 1 && <span class="restricted">Restricted</span>}
        </p>
        {row.data_bytes !== null && <Data row={row} bytes={row.data_bytes} />}
      </div>
    </li>
  );
}

/** What is long is on the event's own page, so that a page of fifty stays light. */
function Data({ row: { id, short_data }, bytes }: { row: EventSummaryRow; bytes: number }) {
  if (short_data !== null) return <DataTree json={short_data} />;
  return (
    <p class="data">
      <a href={`/events/${id}#data`}>
        Data <span class="aside">{Math.ceil(bytes / 1024)} KB</span>
      </a>
    </p>
  );
}

/** The innermost scope in each tree. */
export function placesOf(row: Omit<EventWithoutData, "allowed_groups">): Scope[] {
  const names = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  const scopes = scopesOf(names);
  return (["inventory", "state"] as const).flatMap((tree) => {
    const innermost = scopes.findLast((scope) => scope[0] === tree);
    return innermost === undefined ? [] : [innermost];
  });
}

function runsOfDays(rows: EventSummaryRow[], now: number): { day: string; rows: EventSummaryRow[] }[] {
  const runs: { day: string; rows: EventSummaryRow[] }[] = [];
  for (const row of rows) {
    const day = dayOf(row.timestamp, now);
    const last = runs.at(-1);
    if (last?.day === day) last.rows.push(row);
    else runs.push({ day, rows: [row] });
  }
  return runs;
}
