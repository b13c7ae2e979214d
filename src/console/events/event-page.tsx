import type { Child } from "hono/jsx";
import type { ProjectDeliveries } from "../../domain/deliveries/browse-event-deliveries.ts";
import { rfc3339 } from "../../schemas/time.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { placeUrl } from "../shared/place-url.ts";
import { PlaceLinks, treeName } from "./crumbs.tsx";
import { DataTree } from "./data-tree.tsx";
import { typeName } from "../shared/event-type-picker.tsx";
import { Icon, IconShapes, kindOf } from "./icons.tsx";
import { Layout } from "../shared/layout.tsx";
import { EventDeliveries } from "../deliveries/event-deliveries.tsx";
import { RelativeTime } from "../shared/relative-time.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { placesOf } from "./timeline.tsx";
import { Sentence, sentenceText } from "../shared/event-sentence.tsx";

interface One {
  row: EventRow;
  /** In each of its projects that the reader has a role in. */
  projects: ProjectDeliveries[];
}

export function EventPage({ row, projects }: One) {
  const kind = kindOf(row.type);
  return (
    <Layout title={sentenceText(row)}>
      <IconShapes kinds={[kind]} />
      <article class="event">
        <h1>
          <Icon kind={kind} />{" "}
          <span>
            <Sentence row={row} />
          </span>
        </h1>
        <dl>
          <Fact name="When">
            <RelativeTime timestampNs={row.timestamp} /> <code>{rfc3339(row.timestamp)}</code>{" "}
            <a href={beforeUrl(row)}>What came before it</a>
          </Fact>
          <Fact name="Type">
            {typeName(row.type)} <code>{row.type}</code>
          </Fact>
          <Fact name="User">{row.username === null ? "Not named" : <User name={row.username} />}</Fact>
          {placesOf(row).map((scope) => (
            <Fact name={scope[0] === "state" ? "Project" : treeName(scope[0])}>
              <PlaceLinks scope={scope} />
            </Fact>
          ))}
          <Fact name="Who could see it">
            <Audience allowed={row.allowed_groups} />
          </Fact>
          <Fact name="ID">
            <code>{row.id}</code> <a href={`/api/v1/events/${row.id}`}>As JSON</a>
          </Fact>
        </dl>
        <div id="data">
          {row.data === null ? <p class="aside">It carries no data.</p> : <DataTree json={row.data} isOpen />}
        </div>
        {projects.length > 0 && <EventDeliveries event={row} projects={projects} />}
      </article>
    </Layout>
  );
}

/** What led up to an event, with itself on top: in its environment or application, or as near as there is a name. */
function beforeUrl(row: EventRow): string {
  const [tree, ...names] = placesOf(row).at(-1) ?? (["everything"] as const);
  const near = tree === "everything" ? ([tree] as const) : ([tree, ...names.slice(0, 2)] as const);
  return `${placeUrl(near)}?page_from=${row.id + 1}`;
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
      <UserText text={name} /> <a href={`/?${new URLSearchParams({ username: name }).toString()}`}>All their events</a>
    </>
  );
}

function Audience({ allowed }: { allowed: string | null }) {
  if (allowed === null) return <>Everyone who is signed in</>;
  const groups = JSON.parse(allowed) as string[]; // written by the recording alone
  if (groups.length === 0) return <>Auditors only</>;
  return (
    <>
      Auditors, and whoever is in{" "}
      {groups.map((group) => (
        <span class="group">
          <UserText text={group} />
        </span>
      ))}
    </>
  );
}
