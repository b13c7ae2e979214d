import { isRawNumber, parseExactJson } from "../../lib/exact-json.ts";
import { UserText } from "../shared/untrusted-text.tsx";

/** In an open tree, a branch with more entries is closed. */
const MAX_OPEN_ENTRIES = 12;

/** An event's `data` as nested `details`, with numbers exactly as they were sent. */
export function DataTree({ json, isOpen = false }: { json: string; isOpen?: boolean }) {
  const data = parseExactJson(json) as Record<string, unknown>; // `recordEvents` accepts only objects
  if (Object.keys(data).length === 0) return <p class="data muted">No data</p>;
  return (
    <details class="data" open={isOpen}>
      <summary>
        Data <span class="muted">{countLabel(Object.keys(data).length, "field", "fields")}</span>
      </summary>
      <Branch entries={Object.entries(data)} isOpen={isOpen} />
    </details>
  );
}

function Branch({ entries, isOpen }: { entries: [string, unknown][]; isOpen: boolean }) {
  return (
    <ul>
      {entries.map(([name, value]) => (
        <li>
          <Entry name={name} value={value} isOpen={isOpen} />
        </li>
      ))}
    </ul>
  );
}

function Entry({ name, value, isOpen }: { name: string; value: unknown; isOpen: boolean }) {
  if (typeof value !== "object" || value === null || isRawNumber(value)) {
    return (
      <>
        <Name name={name} /> <Leaf value={value} />
      </>
    );
  }
  const entries = Object.entries(value);
  const count = Array.isArray(value)
    ? countLabel(entries.length, "item", "items")
    : countLabel(entries.length, "field", "fields");
  return (
    <details open={isOpen && entries.length <= MAX_OPEN_ENTRIES}>
      <summary>
        <Name name={name} /> <span class="muted">{count}</span>
      </summary>
      <Branch entries={entries} isOpen={isOpen} />
    </details>
  );
}

function Name({ name }: { name: string }) {
  return (
    <span class="name">
      <UserText text={name} />:
    </span>
  );
}

function Leaf({ value }: { value: unknown }) {
  if (typeof value === "string") return <span class="text">{value === "" ? "“”" : <UserText text={value} />}</span>;
  return <span class="word">{JSON.stringify(value)}</span>; // JSON.stringify writes a raw number as it was sent
}

function countLabel(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
