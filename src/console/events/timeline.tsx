import { eventScopes, type Scope } from "../../domain/access/scope-path.ts";
import type { EventSummary } from "../../domain/events/browse-events.ts";
import type { Event } from "../../schemas/event.ts";
import type { LevelName } from "../../schemas/scope.ts";
import { PlaceLinks } from "./breadcrumbs.tsx";
import { DataTree } from "./data-tree.tsx";
import { EventIcon, EventIconShapes, iconName } from "./event-icons.tsx";
import { formatClock, formatDay, RelativeTime } from "../shared/relative-time.tsx";
import { usePage } from "../shared/page-context.tsx";
import { EventSentence } from "../shared/event-sentence.tsx";

/**
 * Events under headings of days. They are in order of recording, not of timestamps, so a day can have several headings.
 */
export function Timeline({ events }: { events: EventSummary[] }) {
  const { now } = usePage();
  return (
    <>
      <EventIconShapes names={events.map(({ facts }) => iconName(facts.type))} />
      {groupByDay(events, now).map(({ day, events: eventsOfDay }) => (
        <section class="day">
          <h2>{day} UTC</h2>
          <ol>
            {eventsOfDay.map((event) => (
              <TimelineItem {...event} />
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

function TimelineItem({ facts, isRestricted, dataBytes, shortData }: EventSummary) {
  return (
    <li>
      <EventIcon name={iconName(facts.type)} />
      <div class="entry">
        <p>
          <EventSentence event={facts} />
        </p>
        <p class="about">
          <a href={`/events/${facts.id}`}>
            <span class="visually-hidden">Event {facts.id}, </span>
            {formatClock({ timestampNs: facts.timestamp })}, <RelativeTime timestampNs={facts.timestamp} />
          </a>
          {innermostScopes(facts).map((scope) => (
            <PlaceLinks scope={scope} />
          ))}
          {isRestricted && <span class="restricted">Restricted</span>}
        </p>
        {dataBytes !== undefined && <TimelineData id={facts.id} json={shortData} bytes={dataBytes} />}
      </div>
    </li>
  );
}

/** Long data is shown only on the event's own page, so that a page of fifty events stays small. */
function TimelineData({ id, json, bytes }: { id: string; json: string | undefined; bytes: number }) {
  if (json !== undefined) return <DataTree json={json} />;
  return (
    <p class="data">
      <a href={`/events/${id}#data`}>
        Data <span class="muted">{Math.ceil(bytes / 1024)} KB</span>
      </a>
    </p>
  );
}

/** For each tree, the most specific scope that contains the event. */
export function innermostScopes(event: Pick<Event, LevelName>): Scope[] {
  const scopes = eventScopes(event);
  return (["inventory", "state"] as const).flatMap((tree) => {
    const innermost = scopes.findLast((scope) => scope[0] === tree);
    return innermost === undefined ? [] : [innermost];
  });
}

function groupByDay(events: EventSummary[], now: number): { day: string; events: EventSummary[] }[] {
  const groups: { day: string; events: EventSummary[] }[] = [];
  for (const event of events) {
    const day = formatDay(event.facts.timestamp, now);
    const last = groups.at(-1);
    if (last?.day === day) last.events.push(event);
    else groups.push({ day, events: [event] });
  }
  return groups;
}
