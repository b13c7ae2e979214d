import { isRawNumber, parseExactJson } from "../../lib/exact-json.ts";
import { UserText } from "../shared/untrusted-text.tsx";

/** What has more is folded even in an open tree. */
const MOST_UNFOLDED = 12;

/** An event's `data`, folded branch by branch; its numbers as they were sent. */
export function DataTree({ json, isOpen = false }: { json: string; isOpen?: boolean }) {
  const data = parseExactJson(json) as Record<string, unknown>; // recording takes nothing else
  if (Object.keys(data).length === 0) return <p class="data aside">No data</p>;
  return (
    <details class="data" open={isOpen}>
      <summary>
        Data <span class="aside">{sizeOf(Object.keys(data).length, "field", "fields")}</span>
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
          <Twig name={name} value={value} isOpen={isOpen} />
        </li>
      ))}
    </ul>
  );
}

function Twig({ name, value, isOpen }: { name: string; value: unknown; isOpen: boolean }) {
  if (typeof value !== "object" || value === null || isRawNumber(value)) {
    return (
      <>
        <Name name={name} /> <Leaf value={value} />
      </>
    );
  }
  const entries = Object.entries(value);
  const size = Array.isArray(value)
    ? sizeOf(entries.length, "item", "items")
    : sizeOf(entries.length, "field", "fields");
  return (
    <details open={isOpen && entries.length <= MOST_UNFOLDED}>
      <summary>
        <Name name={name} /> <span class="aside">{size}</span>
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
  return <span class="word">{JSON.stringify(value)}</span>; // a raw number is written as it was
}

function sizeOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
