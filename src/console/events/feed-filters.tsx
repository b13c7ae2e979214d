import type { EventType } from "../../schemas/event.ts";
import { DEFAULT_PAGE_SIZE, type SizedPageQuery } from "../../schemas/page.ts";
import { rfc3339 } from "../../schemas/time.ts";
import { viewUrl } from "../shared/place-url.ts";
import { EventTypeOptions, typeName } from "../shared/event-type-picker.tsx";
import { ENCODED_USERNAME, encodedText, mustBeEncoded } from "../shared/form-values.ts";
import { usePage } from "../shared/page-context.tsx";
import { UserText, UnseenInField, unseenInField } from "../shared/untrusted-text.tsx";

interface Filters {
  query: SizedPageQuery;
  isFiltered: boolean;
}

/** A plain form: its address is the view, for oneself and for others. */
export function FilterForm({ query, isFiltered }: Filters) {
  const path = usePage().url.pathname;
  return (
    <details class="filter" open={isFiltered}>
      <summary>Filter</summary>
      <form class="filters" action={path} role="search" aria-label="Events">
        <Types chosen={query.type ?? []} />
        <Username name={query.username ?? ""} />
        <Time name="since" label="Since (UTC)" />
        <Time name="until" label="Until (UTC)" />
        {query.page_size !== DEFAULT_PAGE_SIZE && <input type="hidden" name="page_size" value={query.page_size} />}
        <div class="buttons">
          <button>Filter</button>
          {isFiltered && <a href={path}>Clear</a>}
        </div>
        <p id="times-hint" class="hint">
          The time in “Until” is not included. A day alone, as in <code>2026-01-31</code>, counts whole. A time is as
          exact as it is typed, and may name another zone: <code>2026-01-31 09:30:00.123456789+01:00</code>.
        </p>
        <Lately />
      </form>
    </details>
  );
}

const HOUR_MS = 3_600_000;
const SPANS = [
  ["hour", HOUR_MS],
  ["24 hours", 24 * HOUR_MS],
  ["7 days", 7 * 24 * HOUR_MS],
  ["30 days", 30 * 24 * HOUR_MS],
] as const;

/** What is asked for most, in one click. A moment and not a span stands in the address: the link stays what it was. */
function Lately() {
  const { now, url } = usePage();
  return (
    <p>
      The last
      {SPANS.map(([name, spanMs]) => {
        const since = new Date(now - spanMs).toISOString().slice(0, 16);
        return (
          <a href={viewUrl(url, { since, until: undefined })} aria-label={`The last ${name}`}>
            {name}
          </a>
        );
      })}
    </p>
  );
}

function Types({ chosen }: { chosen: readonly EventType[] }) {
  return (
    <details class="types">
      <summary>
        Types: <b>{chosenNames(chosen)}</b>
      </summary>
      <EventTypeOptions field="type" chosen={chosen} />
    </details>
  );
}

function chosenNames([first, ...others]: readonly EventType[]): string {
  if (first === undefined) return "all";
  return others.length === 0 ? typeName(first) : `${others.length + 1} chosen`;
}

/** A name that a field would change is kept or left out as a whole. */
function Username({ name }: { name: string }) {
  if (mustBeEncoded(name)) {
    return (
      <label class="user">
        User
        <span>
          <input type="checkbox" name={ENCODED_USERNAME} value={encodedText(name)} checked /> <UserText text={name} />
        </span>
      </label>
    );
  }
  return (
    <>
      <label class="user">
        User
        <input
          name="username"
          value={name}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby={unseenInField("username", name)}
        />
      </label>
      <UnseenInField field="username" text={name} />
    </>
  );
}

/** Characters: a time to the second. */
const LEAST_SIZE = 20;

/** Text, since the browsers' own field for times has milliseconds at most. Sent back as it is, it is the same moment. */
function Time({ name, label }: { name: "since" | "until"; label: string }) {
  const asked = usePage().url.searchParams.get(name)?.trim() ?? "";
  const value = /^\d+$/.test(asked) ? timeText(asked) : asked;
  return (
    <label class="time">
      {label}
      <input
        name={name}
        value={value}
        size={Math.max(LEAST_SIZE, value.length)}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        aria-describedby="times-hint"
      />
    </label>
  );
}

/** Nanoseconds since 1970 for people, to the last digit that says something. */
function timeText(nanoseconds: string): string {
  return rfc3339(nanoseconds).replace(/\.?0+Z$/, "Z");
}
