import type { EventType } from "../../schemas/event.ts";
import { DEFAULT_PAGE_SIZE, type SizedPageQuery } from "../../schemas/page.ts";
import { rfc3339 } from "../../schemas/time.ts";
import { TypeFamilies, typeName } from "../frame/event-types.tsx";

interface Filters {
  path: string;
  query: SizedPageQuery;
  isFiltered: boolean;
}

/** A plain form: its address is the view, for oneself and for others. */
export function FilterForm({ path, query, isFiltered }: Filters) {
  return (
    <details class="filter" open={isFiltered}>
      <summary>Filter</summary>
      <form class="filters" action={path} role="search" aria-label="Events">
        <Types chosen={query.type ?? []} />
        <label>
          User
          <input
            name="username"
            value={query.username ?? ""}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
          />
        </label>
        <label>
          Since (UTC)
          <input type="datetime-local" step="1" name="since" value={localTime(query.since)} />
        </label>
        <label>
          Until (UTC)
          <input type="datetime-local" step="1" name="until" value={localTime(query.until)} />
        </label>
        {query.page_size !== DEFAULT_PAGE_SIZE && <input type="hidden" name="page_size" value={query.page_size} />}
        <div class="buttons">
          <button>Filter</button>
          {isFiltered && <a href={path}>Clear</a>}
        </div>
      </form>
    </details>
  );
}

function Types({ chosen }: { chosen: readonly EventType[] }) {
  return (
    <details class="types">
      <summary>
        Types: <b>{chosenNames(chosen)}</b>
      </summary>
      <TypeFamilies field="type" chosen={chosen} />
    </details>
  );
}

function chosenNames([first, ...others]: readonly EventType[]): string {
  if (first === undefined) return "all";
  return others.length === 0 ? typeName(first) : `${others.length + 1} chosen`;
}

/** What the field can show of it: a thousandth of a second. */
function localTime(nanoseconds: string | undefined): string {
  return nanoseconds === undefined
    ? ""
    : rfc3339(nanoseconds)
        .slice(0, 23)
        .replace(/\.000$/, "");
}
