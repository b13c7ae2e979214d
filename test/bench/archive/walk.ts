import { jsonOf } from "../history/fill.ts";
import { pastEvent } from "../history/past-events.ts";
import { formatTable } from "../table.ts";
import type { Client } from "./client.ts";
import { HOT, MOVED, type DatabaseName, type Reader } from "./plan.ts";

const PAGE_SIZE = 500;

/** A listing that was read from its newest page to its end. */
interface Walk {
  reader: Reader;
  database: DatabaseName;
  events: number;
  pages: number;
  rowsRead: number;
  r2Gets: number;
  milliseconds: number;
}

/**
 * Reads the listings of some readers to their ends, from both databases. Each page must have exactly the bytes that the
 * generator of the history gives for it.
 */
export async function walkAll(client: Client, readers: readonly Reader[], total: number): Promise<string> {
  const walks: Walk[] = [];
  for (const reader of readers) {
    for (const database of [HOT, MOVED] as const) walks.push(await walk(client, database, reader, total));
  }
  return formatTable([
    ["", "events", "pages", "rows read", "GETs", "GETs a page", "seconds", "ms a page"],
    ...walks.map(({ reader, database, events, pages, rowsRead, r2Gets, milliseconds }) => [
      `${reader.name}, ${database === HOT ? "D1" : "archive"}`,
      `${events}`,
      `${pages}`,
      `${rowsRead}`,
      `${r2Gets}`,
      (r2Gets / pages).toFixed(1),
      (milliseconds / 1000).toFixed(1),
      (milliseconds / pages).toFixed(1),
    ]),
  ]);
}

/** @throws if a page has other bytes than those of the generator, or if a page is missing */
async function walk(client: Client, database: DatabaseName, reader: Reader, total: number): Promise<Walk> {
  const walked: Walk = { reader, database, events: 0, pages: 0, rowsRead: 0, r2Gets: 0, milliseconds: 0 };
  const expected = eventsOf(reader, total);
  let path: string | undefined = `${reader.path}?page_size=${PAGE_SIZE}`;
  while (path !== undefined) {
    const page = await client.read(database, reader, path);
    const events = expected.take(PAGE_SIZE);
    if (page.body !== `[${events.join(",")}]`) throw new Error(`${reader.name}, ${database}: ${path} is wrong`);
    walked.pages += 1;
    walked.events += events.length;
    walked.rowsRead += page.rowsRead;
    walked.r2Gets += page.r2Gets;
    walked.milliseconds += page.milliseconds;
    path = /^<(.*)>; rel="next"$/.exec(page.link ?? "")?.[1];
  }
  if (expected.take(1).length > 0) throw new Error(`${reader.name}, ${database}: the listing ends too early`);
  return walked;
}

/** The events that a reader sees, newest first, as the service must serve them. */
function eventsOf(reader: Reader, total: number): { take: (count: number) => string[] } {
  let number = total;
  return {
    take(count) {
      const taken: string[] = [];
      while (taken.length < count && number > 0) {
        number -= 1;
        const event = pastEvent(number, total);
        if (reader.sees(event)) taken.push(jsonOf(number + 1, event));
      }
      return taken;
    },
  };
}
