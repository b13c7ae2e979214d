import type { Child } from "hono/jsx";
import type { ProjectDeliveries } from "../../domain/deliveries/browse-event-deliveries.ts";
import { formatRfc3339 } from "../../lib/time.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { placeUrl } from "../shared/page-urls.ts";
import { PlaceLinks, treeName } from "./breadcrumbs.tsx";
import { DataTree } from "./data-tree.tsx";
import { typeName } from "../shared/labels.ts";
import { EventIcon, EventIconShapes, iconName } from "./event-icons.tsx";
import { Layout } from "../shared/layout.tsx";
import { EventDeliveries } from "../deliveries/event-deliveries.tsx";
import { RelativeTime } from "../shared/relative-time.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { innermostScopes } from "./timeline.tsx";
import { EventSentence, eventTitle } from "../shared/event-sentence.tsx";

interface EventPageProps {
  row: EventRow;
  /** Only projects that the reader has a role in. */
  projects: ProjectDeliveries[];
}

export function EventPage({ row, projects }: EventPageProps) {
  const icon = iconName(row.type);
  return (
    <Layout title={eventTitle(row)}>
      <EventIconShapes names={[icon]} />
      <article class="event">
        <h1>
          <EventIcon name={icon} />{" "}
          <span>
            <EventSentence row={row} />
          </span>
        </h1>
        <dl>
          <Fact name="When">
            <RelativeTime timestampNs={row.timestamp} /> <code>{formatRfc3339(row.timestamp)}</code>{" "}
            <a href={beforeUrl(row)}>Show the events before it</a>
          </Fact>
          <Fact name="Type">
            {typeName(row.type)} <code>{row.type}</code>
          </Fact>
          <Fact name="User">{row.username === null ? "Unknown" : <User name={row.username} />}</Fact>
          {innermostScopes(row).map((scope) => (
            <Fact name={scope[0] === "state" ? "Project" : treeName(scope[0])}>
              <PlaceLinks scope={scope} />
            </Fact>
          ))}
          <Fact name="Visible to">
            <Audience allowedGroups={row.allowed_groups} />
          </Fact>
          <Fact name="ID">
            <code>{row.id}</code> <a href={`/api/v1/events/${row.id}`}>Show as JSON</a>
          </Fact>
        </dl>
        <div id="data">
          {row.data === null ? <p class="muted">This event has no data.</p> : <DataTree json={row.data} isOpen />}
        </div>
        {projects.length > 0 && <EventDeliveries eventId={row.id} projects={projects} />}
      </article>
    </Layout>
  );
}

/** The feed of the event's environment or application, or of the nearest scope it names, with the event on top. */
function beforeUrl(row: EventRow): string {
  const [tree, ...names] = innermostScopes(row).at(-1) ?? (["everything"] as const);
  const scope = tree === "everything" ? ([tree] as const) : ([tree, ...names.slice(0, 2)] as const);
  return `${placeUrl(scope)}?page_from=${row.id + 1}`;
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

function Audience({ allowedGroups }: { allowedGroups: string | null }) {
  if (allowedGroups === null) return <>Everyone who is signed in</>;
  const groups = JSON.parse(allowedGroups) as string[]; // only `recordEvents` writes it
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
