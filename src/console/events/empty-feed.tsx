import type { Scope } from "../../domain/access/scope.ts";
import { isLoopback } from "../shared/local.ts";

interface Emptiness {
  scope: Scope;
  isNewest: boolean;
  isFiltered: boolean;
  /** Without filters. */
  allUrl: string;
  /** The service's own address. */
  origin: string;
}

/** A page without events says what that means, and what to do. */
export function EmptyFeed({ scope, isNewest, isFiltered, allUrl, origin }: Emptiness) {
  if (isFiltered) {
    return (
      <section class="empty">
        <h2>Nothing matches these filters</h2>
        <p>
          There may be events here all the same. <a href={allUrl}>Show all of them</a>
        </p>
      </section>
    );
  }
  if (!isNewest) return <p class="empty">Nothing is older than this.</p>;
  if (scope[0] !== "everything") {
    return (
      <section class="empty">
        <h2>Nothing has happened here yet</h2>
        <p>
          Or nothing that you may see. <a href="/">Show everything</a>
        </p>
      </section>
    );
  }
  return (
    <section class="empty">
      <h2>No events yet</h2>
      <p>
        Or none that you may see. To send the first one, with a producer's token in PRODUCER
        {isLoopback(new URL(origin)) && ", as npm start prints it"}:
      </p>
      <pre tabindex={0} aria-label="Command">
        {firstEvent(origin)}
      </pre>
    </section>
  );
}

function firstEvent(origin: string): string {
  const event = { type: "ADD_BUILD", username: "ada", state_project: "shop", state_environment: "staging" };
  return [
    `curl ${origin}/internal/create-event \\`,
    `  -H "Authorization: Bearer $PRODUCER" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify(event)}'`,
  ].join("\n");
}
