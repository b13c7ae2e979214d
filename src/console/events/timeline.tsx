import { scopesOf, type Scope } from "../../domain/access/scope-path.ts";
import type { EventWithoutData } from "../../store/events/event-rows.ts";
import type { EventSummaryRow } from "../../store/events/page-columns.ts";
import { PlaceLinks } from "./breadcrumbs.tsx";
import { DataTree } from "./data-tree.tsx";
import { EventIcon, EventIconShapes, iconName } from "./event-icons.tsx";
import { formatClock, formatDay, RelativeTime } from "../shared/relative-time.tsx";
import { usePage } from "../shared/page-context.tsx";
import { EventSentence } from "../shared/event-sentence.tsx";

/** Events under headings of days. Rows are in the order of recording, not of timestamps: a day can have two headings. */
export function Timeline({ rows }: { rows: EventSummaryRow[] }) {
  const { now } = usePage();
  return (
    <>
      <EventIconShapes names={rows.map(({ type }) => iconName(type))} />
      {groupByDay(rows, now).map(({ day, rows: rowsOfDay }) => (
        <section class="day">
          <h2>{day} UTC</h2>
          <ol>
            {rowsOfDay.map((row) => (
              <TimelineItem row={row} />
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

function TimelineItem({ row }: { row: EventSummaryRow }) {
  return (
    <li>
      <EventIcon name={iconName(row.type)} />
      <div class="entry">
        <p>
          <EventSentence row={row} />
        </p>
        <p class="about">
          <a href={`/events/${row.id}`}>
            <span class="visually-hidden">Event {row.id}, </span>
            {formatClock({ timestampNs: row.timestamp })}, <RelativeTime timestampNs={row.timestamp} />
          </a>
          {innermostScopes(row).map((scope) => (
            <PlaceLinks scope={scope} />
          ))}
          {row.is_restricted === 1 && <span class="restricted">Restricted</span>}
        </p>
        {row.data_bytes !== null && <TimelineData row={row} bytes={row.data_bytes} />}
      </div>
    </li>
  );
}

/** Long data is shown only on the event's own page, which keeps a page of fifty events small. */
function TimelineData({ row: { id, short_data }, bytes }: { row: EventSummaryRow; bytes: number }) {
  if (short_data !== null) return <DataTree json={short_data} />;
  return (
    <p class="data">
      <a href={`/events/${id}#data`}>
        Data <span class="muted">{Math.ceil(bytes / 1024)} KB</span>
      </a>
    </p>
  );
}

/** The most specific scope that the event lies in, for each tree. */
export function innermostScopes(row: Omit<EventWithoutData, "allowed_groups">): Scope[] {
  const names = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  const scopes = scopesOf(names);
  return (["inventory", "state"] as const).flatMap((tree) => {
    const innermost = scopes.findLast((scope) => scope[0] === tree);
    return innermost === undefined ? [] : [innermost];
  });
}

function groupByDay(rows: EventSummaryRow[], now: number): { day: string; rows: EventSummaryRow[] }[] {
  const groups: { day: string; rows: EventSummaryRow[] }[] = [];
  for (const row of rows) {
    const day = formatDay(row.timestamp, now);
    const last = groups.at(-1);
    if (last?.day === day) last.rows.push(row);
    else groups.push({ day, rows: [row] });
  }
  return groups;
}
