import type { EventType } from "../../schemas/event.ts";
import { DEFAULT_PAGE_SIZE, type SizedPageQuery } from "../../schemas/page.ts";
import { DAY_MS, formatIso, formatRfc3339, HOUR_MS } from "../../lib/time.ts";
import { viewUrl } from "../shared/page-urls.ts";
import { EventTypePicker } from "../shared/event-type-picker.tsx";
import { typeName } from "../shared/labels.ts";
import { ENCODED_USERNAME, encodeFieldText, needsEncoding } from "../shared/forms.ts";
import { usePage } from "../shared/page-context.tsx";
import { InvisibleCharacters, invisibleCharactersId, UserText } from "../shared/untrusted-text.tsx";

interface FeedFiltersProps {
  query: SizedPageQuery;
  isFiltered: boolean;
}

/** A GET form, so the URL of the result can be shared. */
export function FeedFilters({ query, isFiltered }: FeedFiltersProps) {
  const path = usePage().url.pathname;
  return (
    <details class="filter" open={isFiltered}>
      <summary>Filter</summary>
      <form class="filters" action={path} role="search" aria-label="Events">
        <TypeFilter chosen={query.type ?? []} />
        <UserFilter name={query.username ?? ""} />
        <TimeFilter name="since" label="Since (UTC)" />
        <TimeFilter name="until" label="Until (UTC)" />
        {query.page_size !== DEFAULT_PAGE_SIZE && <input type="hidden" name="page_size" value={query.page_size} />}
        <div class="buttons">
          <button>Filter</button>
          {isFiltered && <a href={path}>Clear</a>}
        </div>
        <p id="times-hint" class="hint">
          “Until” is exclusive, but a date without a time, such as <code>2026-01-31</code>, includes the whole day. A
          time can have up to nine decimals and a time zone: <code>2026-01-31 09:30:00.123456789+01:00</code>.
        </p>
        <LatestLinks />
      </form>
    </details>
  );
}

const PERIODS = [
  ["hour", HOUR_MS],
  ["24 hours", DAY_MS],
  ["7 days", 7 * DAY_MS],
  ["30 days", 30 * DAY_MS],
] as const;

/** A link contains the time when the period begins, and not its length, so a shared link keeps its meaning. */
function LatestLinks() {
  const { now, url } = usePage();
  return (
    <p>
      Last
      {PERIODS.map(([name, lengthMs]) => {
        const since = formatIso(now - lengthMs).slice(0, 16);
        return (
          <a href={viewUrl(url, { since, until: undefined })} aria-label={`Last ${name}`}>
            {name}
          </a>
        );
      })}
    </p>
  );
}

function TypeFilter({ chosen }: { chosen: readonly EventType[] }) {
  return (
    <details class="types">
      <summary>
        Types: <b>{typesSummary(chosen)}</b>
      </summary>
      <EventTypePicker field="type" chosen={chosen} />
    </details>
  );
}

function typesSummary([first, ...others]: readonly EventType[]): string {
  if (first === undefined) return "all";
  return others.length === 0 ? typeName(first) : `${others.length + 1} selected`;
}

/**
 * A text field would change a name with line breaks or NULs. A checkbox, which keeps or removes the name, replaces it.
 */
function UserFilter({ name }: { name: string }) {
  if (needsEncoding(name)) {
    return (
      <label class="user">
        User
        <span>
          <input type="checkbox" name={ENCODED_USERNAME} value={encodeFieldText(name)} checked />{" "}
          <UserText text={name} />
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
          aria-describedby={invisibleCharactersId("username", name)}
        />
      </label>
      <InvisibleCharacters field="username" text={name} />
    </>
  );
}

/** In characters. A time with seconds fits. */
const MIN_SIZE = 20;

/**
 * A text field, because browsers' fields for times have only milliseconds. A value that is sent back is still the same
 * time.
 */
function TimeFilter({ name, label }: { name: "since" | "until"; label: string }) {
  const typed = usePage().url.searchParams.get(name)?.trim() ?? "";
  const value = /^\d+$/.test(typed) ? formatTime(typed) : typed;
  return (
    <label class="time">
      {label}
      <input
        name={name}
        value={value}
        size={Math.max(MIN_SIZE, value.length)}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        aria-describedby="times-hint"
      />
    </label>
  );
}

/** RFC 3339 without trailing zeros. */
function formatTime(timestampNs: string): string {
  return formatRfc3339(timestampNs).replace(/\.?0+Z$/, "Z");
}
