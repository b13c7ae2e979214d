import { canReadProject } from "../../domain/access/roles.ts";
import type { Scope } from "../../domain/access/scope-path.ts";
import type { BrowsedPage } from "../../domain/events/browse-events.ts";
import { toEventFilter, type ListingQuery, MAX_SCANNED } from "../../domain/events/listing-query.ts";
import { showInvisible } from "../../event-text/invisible-characters.ts";
import { Layout } from "../shared/layout.tsx";
import { usePage } from "../shared/page-context.tsx";
import { projectUrl, viewUrl } from "../shared/page-urls.ts";
import { UserText } from "../shared/untrusted-text.tsx";
import { ActivitySection } from "./activity-chart.tsx";
import { Breadcrumbs, levelLabel, treeName } from "./breadcrumbs.tsx";
import { EmptyFeed } from "./empty-feed.tsx";
import { FeedFilters } from "./feed-filters.tsx";
import { LiveArrival } from "./live-arrival.tsx";
import { Timeline } from "./timeline.tsx";

interface FeedPageProps {
  /** The service's public origin. */
  origin: string;
  listing: ListingQuery;
  page: BrowsedPage;
}

export function FeedPage({ origin, listing, page }: FeedPageProps) {
  const { url } = usePage();
  const { scope, query } = listing;
  const isFiltered = toEventFilter(query) !== undefined;
  const { newest } = page;
  return (
    <Layout title={feedTitle(scope)} section={scope[0]}>
      {newest && <LiveArrival listing={listing} head={newest.head} />}
      <a class="skip" href="#events">
        Skip to the events
      </a>
      {scope[0] !== "everything" && <Breadcrumbs scope={scope} search={new URL(viewUrl(url, {}), url).search} />}
      <FeedHeading scope={scope} />
      <ProjectLink listing={listing} />
      <FeedFilters query={query} isFiltered={isFiltered} />
      {newest && <ActivitySection points={newest.marks} />}
      <div id="events" class="bar" tabindex={-1}>
        <FeedPager page={page} />
        <p class="exports">
          {newest && newest.head > 0 && <a href={viewUrl(url, { page_from: `${newest.head + 1}` })}>Permalink</a>}
          Export all{" "}
          <a href={viewUrl(url, { as: "csv", page_size: undefined })} aria-label="Export all as CSV">
            CSV
          </a>
          <a href={viewUrl(url, { as: "ndjson", page_size: undefined })} aria-label="Export all as NDJSON">
            NDJSON
          </a>
        </p>
      </div>
      <Timeline events={page.events} />
      {page.events.length === 0 && !page.isCut && (
        <EmptyFeed scope={scope} isNewest={newest !== undefined} isFiltered={isFiltered} origin={origin} />
      )}
      {page.isCut && <ScanLimitNotice page={page} />}
      {page.events.length > 0 && (
        <div class="bar">
          <FeedPager page={page} />
        </div>
      )}
    </Layout>
  );
}

function feedTitle(scope: Scope): string {
  const [tree, ...names] = scope;
  return names.length === 0 ? treeName(tree) : names.map(showInvisible).join(" / ");
}

function FeedHeading({ scope }: { scope: Scope }) {
  const [tree, ...names] = scope;
  const last = names.at(-1);
  if (last === undefined) return <h1>{treeName(tree)}</h1>;
  return (
    <h1>
      <span class="muted">{levelLabel(scope)}</span> <UserText text={last} />
    </h1>
  );
}

/** Links to the project's subscriptions. The link is to the whole project, even on the page of an environment. */
function ProjectLink({ listing: { scope, reader } }: Pick<FeedPageProps, "listing">) {
  const [, project, ...deeper] = scope;
  if (project === undefined || !canReadProject(reader, project)) return <></>;
  return (
    <p class="subtitle">
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

function FeedPager({ page: { newer, older } }: Pick<FeedPageProps, "page">) {
  const { url } = usePage();
  return (
    <p class="pager">
      {newer && <a href={viewUrl(url, {})}>Newest</a>}
      {newer && <a href={viewUrl(url, newer)}>← Newer</a>}
      {older && <a href={viewUrl(url, older)}>Older →</a>}
    </p>
  );
}

/** Shown if the request reached its limit of scanned events before the page was full. */
function ScanLimitNotice({ page: { events, newer, older } }: Pick<FeedPageProps, "page">) {
  const { url } = usePage();
  const next = url.searchParams.has("page_after") ? newer : older;
  const matches = ["No event matches", "1 event matches"][events.length] ?? `${events.length} events match`;
  return (
    <section class="empty">
      <h2>{MAX_SCANNED.toLocaleString("en")} events scanned</h2>
      <p>
        {matches} so far. There are more events to scan. {next && <a href={viewUrl(url, next)}>Continue</a>}
      </p>
    </section>
  );
}
