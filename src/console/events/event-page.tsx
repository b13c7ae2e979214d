import type { Child } from "hono/jsx";
import type { CurrentCheckpoint } from "../../domain/log/current-checkpoint.ts";
import type { ProvableEvent } from "../../domain/log/get-provable-event.ts";
import type { ProjectDeliveries } from "../../domain/deliveries/browse-deliveries.ts";
import { formatRfc3339 } from "../../lib/time.ts";
import { dataOf, parseEventFacts, type EventFacts } from "../../schemas/event-json.ts";
import { placeUrl } from "../shared/page-urls.ts";
import { PlaceLinks, treeName } from "./breadcrumbs.tsx";
import { DataTree } from "./data-tree.tsx";
import { typeName } from "../shared/labels.ts";
import { EventIcon, EventIconShapes, iconName } from "./event-icons.tsx";
import { Layout } from "../shared/layout.tsx";
import { EventDeliveries } from "../deliveries/event-deliveries.tsx";
import { RelativeTime } from "../shared/relative-time.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { LogPlace } from "./log-place.tsx";
import { innermostScopes } from "./timeline.tsx";
import { EventSentence, eventTitle } from "../shared/event-sentence.tsx";

interface EventPageProps {
  event: ProvableEvent;
  /** The newest checkpoint of the log. */
  newest: CurrentCheckpoint;
  /** The event's projects that the reader may see. */
  projects: ProjectDeliveries[];
}

export function EventPage({ event: provable, newest, projects }: EventPageProps) {
  const event = parseEventFacts(provable.json);
  const data = dataOf(provable.json);
  const icon = iconName(event.type);
  return (
    <Layout title={eventTitle(event)}>
      <EventIconShapes names={[icon]} />
      <article class="event">
        <h1>
          <EventIcon name={icon} />{" "}
          <span>
            <EventSentence event={event} />
          </span>
        </h1>
        <dl>
          <Fact name="When">
            <RelativeTime timestampNs={event.timestamp} /> <code>{formatRfc3339(event.timestamp)}</code>{" "}
            <a href={beforeUrl(event)}>Show the events before it</a>
          </Fact>
          <Fact name="Recorded">
            <code>{event.recorded_at}</code>
          </Fact>
          <Fact name="Type">
            {typeName(event.type)} <code>{event.type}</code>
          </Fact>
          <Fact name="User">{event.username === undefined ? "Unknown" : <User name={event.username} />}</Fact>
          {innermostScopes(event).map((scope) => (
            <Fact name={scope[0] === "state" ? "Project" : treeName(scope[0])}>
              <PlaceLinks scope={scope} />
            </Fact>
          ))}
          <Fact name="Visible to">
            <Audience groups={event.allowed_groups} />
          </Fact>
          <Fact name="ID">
            <code>{event.id}</code> <a href={`/api/v1/events/${event.id}`}>Show as JSON</a>
          </Fact>
          {newest.kind !== "none" && (
            <Fact name="Proof">
              <LogPlace event={provable} newest={newest} />
            </Fact>
          )}
        </dl>
        <div id="data">
          {data === undefined ? <p class="muted">This event has no data.</p> : <DataTree json={data} isOpen />}
        </div>
        {projects.length > 0 && <EventDeliveries eventId={event.id} projects={projects} />}
      </article>
    </Layout>
  );
}

/**
 * A feed that begins with the event: the feed of its environment or application, or else of its project or everything.
 */
function beforeUrl(event: EventFacts): string {
  const [tree, ...names] = innermostScopes(event).at(-1) ?? (["everything"] as const);
  const scope = tree === "everything" ? ([tree] as const) : ([tree, ...names.slice(0, 2)] as const);
  return `${placeUrl(scope)}?page_from=${BigInt(event.id) + 1n}`;
}

function Fact({ name, children }: { name: string; children?: Child }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function User({ name }: { name: string }) {
  return (
    <>
      <UserText text={name} />{" "}
      <a href={`/?${new URLSearchParams({ username: name }).toString()}`}>Show all their events</a>
    </>
  );
}

function Audience({ groups }: { groups: string[] | undefined }) {
  if (groups === undefined) return <>Everyone who is signed in</>;
  if (groups.length === 0) return <>Only auditors</>;
  return (
    <>
      Auditors and members of{" "}
      {groups.map((group) => (
        <span class="group">
          <UserText text={group} />
        </span>
      ))}
    </>
  );
}
