import type { BrowsedPage } from "../../domain/events/browse-events.ts";
import { canReadProject } from "../../domain/access/roles.ts";
import type { Scope } from "../../domain/access/scope.ts";
import { filterOf, MAX_SCANNED, type ListingQuery } from "../../domain/events/fetch-page.ts";
import { viewUrl } from "../shared/place-url.ts";
import { streamUrl } from "../shared/stream-url.ts";
import { ActivitySection } from "./activity-section.tsx";
import { LiveArrival, MAX_ARRIVALS_SHOWN } from "./live-arrival.tsx";
import { projectUrl } from "../shared/project-url.ts";
import { Breadcrumbs, levelOf, treeName } from "./crumbs.tsx";
import { EmptyFeed } from "./empty-feed.tsx";
import { FilterForm } from "./feed-filters.tsx";
import { Layout } from "../shared/layout.tsx";
import { usePage } from "../shared/page-context.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { plainText } from "../../event-text/invisible-characters.ts";
import { Timeline } from "./timeline.tsx";

interface Feed {
  origin: string;
  sought: ListingQuery;
  page: BrowsedPage;
}

export function FeedPage({ origin, sought, page }: Feed) {
  const { url } = usePage();
  const { scope, query } = sought;
  const isFiltered = filterOf(query) !== undefined;
  const { newest } = page;
  return (
    <Layout title={titleOf(scope)} tree={scope[0]}>
      {newest && (
        <LiveArrival streamUrl={streamUrl(sought, newest.head, MAX_ARRIVALS_SHOWN)} newestUrl={viewUrl(url, {})} />
      )}
      <a class="skip" href="#events">
        Skip to the events
      </a>
      {scope[0] !== "everything" && <Breadcrumbs scope={scope} search={new URL(viewUrl(url, {}), url).search} />}
      <Heading scope={scope} />
      <ProjectLink sought={sought} />
      <FilterForm query={query} isFiltered={isFiltered} />
      {newest && <ActivitySection marks={newest.marks} />}
      <div id="events" class="bar" tabindex={-1}>
        <Turning page={page} />
        <p class="exports">
          {newest && newest.head > 0 && (
            <a href={viewUrl(url, { page_from: `${newest.head + 1}` })}>Link to this page</a>
          )}
          Export all{" "}
          <a href={viewUrl(url, { as: "csv", page_size: undefined })} aria-label="Export all as CSV">
            CSV
          </a>
          <a href={viewUrl(url, { as: "ndjson", page_size: undefined })} aria-label="Export all as NDJSON">
            NDJSON
          </a>
        </p>
      </div>
      <Timeline rows={page.rows} />
      {page.rows.length === 0 && !page.isCut && (
        <EmptyFeed
          scope={scope}
          isNewest={newest !== undefined}
          isFiltered={isFiltered}
          allUrl={url.pathname}
          origin={origin}
        />
      )}
      {page.isCut && <Cut page={page} />}
      {page.rows.length > 0 && (
        <div class="bar">
          <Turning page={page} />
        </div>
      )}
    </Layout>
  );
}

function titleOf(scope: Scope): string {
  const [tree, ...names] = scope;
  return names.length === 0 ? treeName(tree) : names.map(plainText).join(" / ");
}

function Heading({ scope }: { scope: Scope }) {
  const [tree, ...names] = scope;
  const last = names.at(-1);
  if (last === undefined) return <h1>{treeName(tree)}</h1>;
  return (
    <h1>
      <span class="aside">{levelOf(scope)}</span> <UserText text={last} />
    </h1>
  );
}

/** From a project's events to who is told of them: all of the project's, also where the page is of some. */
function ProjectLink({ sought: { scope, reader } }: { sought: ListingQuery }) {
  const [, project, ...deeper] = scope;
  if (project === undefined || !canReadProject(reader, project)) return <></>;
  return (
    <p class="beside">
      <a href={projectUrl(project)}>
        Subscriptions and deliveries
        {deeper.length > 0 && (
          <>
            {" "}
            of <UserText text={project} />
          </>
        )}
      </a>
    </p>
  );
}

/** The ways to the pages around this one. */
function Turning({ page: { newer, older } }: { page: BrowsedPage }) {
  const { url } = usePage();
  return (
    <p class="turning">
      {newer && <a href={viewUrl(url, {})}>Newest</a>}
      {newer && <a href={viewUrl(url, newer)}>← Newer</a>}
      {older && <a href={viewUrl(url, older)}>Older →</a>}
    </p>
  );
}

/** A page with filters looks at so many events, and may find few among them. */
function Cut({ page }: { page: BrowsedPage }) {
  const { url } = usePage();
  const { rows, newer, older } = page;
  const onwards = url.searchParams.has("page_after") ? newer : older;
  return (
    <section class="empty">
      <h2>Looked at {MAX_SCANNED.toLocaleString("en")} events</h2>
      <p>
        {rows.length === 0 ? "None of them matches." : `${rows.length} of them match.`} There are more to look at.{" "}
        {onwards && <a href={viewUrl(url, onwards)}>Go on</a>}
      </p>
    </section>
  );
}
