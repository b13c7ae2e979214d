import type { Scope } from "../../domain/access/scope-path.ts";
import { isLoopback } from "../../lib/loopback.ts";
import { usePage } from "../shared/page-context.tsx";

interface EmptyFeedProps {
  scope: Scope;
  isNewest: boolean;
  isFiltered: boolean;
  /** The service's public origin. */
  origin: string;
}

/** Shown instead of the timeline. Says why there are no events, and what to do. */
export function EmptyFeed({ scope, isNewest, isFiltered, origin }: EmptyFeedProps) {
  const { url } = usePage();
  if (isFiltered) {
    return (
      <section class="empty">
        <h2>No event matches these filters</h2>
        <p>
          Other events may exist here. <a href={url.pathname}>Show all events</a>
        </p>
      </section>
    );
  }
  if (!isNewest) return <p class="empty">There are no older events.</p>;
  if (scope[0] !== "everything") {
    return (
      <section class="empty">
        <h2>No events here yet</h2>
        <p>
          Or you may not see them. <a href="/">Show everything</a>
        </p>
      </section>
    );
  }
  return (
    <section class="empty">
      <h2>No events yet</h2>
      <p>
        Or you may not see them. To record the first event, set PRODUCER to a producer's token
        {isLoopback(new URL(origin)) && " (npm start prints one)"} and run:
      </p>
      <pre tabindex={0} aria-label="Command">
        {curlCommand(origin)}
      </pre>
    </section>
  );
}

function curlCommand(origin: string): string {
  const event = { type: "ADD_BUILD", username: "ada", state_project: "shop", state_environment: "staging" };
  return [
    `curl ${origin}/internal/create-event \\`,
    `  -H "Authorization: Bearer $PRODUCER" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(event)}'`,
  ].join("\n");
}
