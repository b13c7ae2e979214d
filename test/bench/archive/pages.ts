import { deepStrictEqual } from "node:assert/strict";
import { median } from "../median.ts";
import { formatTable, verdict } from "../table.ts";
import { boundsOf, type Bounds } from "./bounds.ts";
import type { Client, Page } from "./client.ts";
import { HOT, MOVED, READERS, type Reader, type Segment } from "./plan.ts";

/** The number of pages of a reader whose costs are counted and compared with the bounds. */
const COUNTED = 24;
const GOLDEN_RATIO = 0.618_033_988_749_895;
const WITHOUT_CACHES = { withoutCaches: true };

/** The same page in both databases. */
interface Pair {
  hot: Page;
  moved: Page;
  bounds: Bounds;
}

export interface ReaderPages {
  reader: Reader;
  counted: Pair[];
  /** Milliseconds of further pages, each in both databases. */
  hotTimes: number[];
  movedTimes: number[];
}

/** Reads pages at random places of the archive, each from both databases. Checks that they are the same. */
export async function readPages(client: Client, segments: readonly Segment[], seconds: number): Promise<ReaderPages[]> {
  const all: ReaderPages[] = [];
  for (const reader of READERS) {
    const places = new Places(reader, segments.at(-1)?.last ?? 0);
    const counted: Pair[] = [];
    while (counted.length < COUNTED) {
      const { hot, moved } = await readPair(client, reader, places.next());
      counted.push({ hot, moved, bounds: await boundsOf(client, reader, moved, segments) });
    }
    all.push({ reader, counted, ...(await timePages(client, reader, places, seconds / READERS.length)) });
  }
  return all;
}

async function timePages(client: Client, reader: Reader, places: Places, seconds: number) {
  const times = { hotTimes: [] as number[], movedTimes: [] as number[] };
  const until = Date.now() + 1000 * seconds;
  do {
    const { hot, moved } = await readPair(client, reader, places.next());
    times.hotTimes.push(hot.milliseconds);
    times.movedTimes.push(moved.milliseconds);
  } while (Date.now() < until);
  return times;
}

/** @throws if the two pages differ */
async function readPair(client: Client, reader: Reader, path: string): Promise<{ hot: Page; moved: Page }> {
  const hot = await client.read(HOT, reader, path, WITHOUT_CACHES);
  const moved = await client.read(MOVED, reader, path, WITHOUT_CACHES);
  deepStrictEqual(answerOf(moved), answerOf(hot), `${reader.name}: ${path}`);
  return { hot, moved };
}

function answerOf({ body, etag, link }: Page) {
  return { body, etag, link };
}

/** Each call returns the path of another page. */
class Places {
  readonly #reader: Reader;
  readonly #boundary: number;
  #asked = 0;

  constructor(reader: Reader, boundary: number) {
    this.#reader = reader;
    this.#boundary = boundary;
  }

  next(): string {
    this.#asked += 1;
    const share = this.#reader.isRare ? 1 : 0.1 + 0.9 * ((this.#asked * GOLDEN_RATIO) % 1);
    const before = this.#reader.isRare ? this.#boundary + 1 - this.#asked : Math.ceil(this.#boundary * share);
    return `${this.#reader.path}?page_from=${before}`;
  }
}

function isWithinBounds({ hot, moved, bounds }: Pair): boolean {
  return (
    hot.rowsRead <= bounds.hotRows && hot.r2Gets === 0 && moved.rowsRead <= bounds.rows && moved.r2Gets <= bounds.r2Gets
  );
}

export function areWithinBounds(all: readonly ReaderPages[]): boolean {
  return all.every(({ counted }) => counted.every(isWithinBounds));
}

export function pagesTable(all: readonly ReaderPages[]): string {
  return formatTable([
    ["", "rows in D1", "rows", "bound", "GETs", "most", "bound", "p50 in D1", "p50", ""],
    ...all.map(lineOf),
  ]);
}

function lineOf({ reader, counted, hotTimes, movedTimes }: ReaderPages): string[] {
  const middle = (of: (pair: Pair) => number) => `${Math.round(median(counted.map(of)))}`;
  const milliseconds = (times: number[]) => `${median(times).toFixed(1)} ms`;
  return [
    reader.name,
    middle(({ hot }) => hot.rowsRead),
    middle(({ moved }) => moved.rowsRead),
    `≤ ${middle(({ bounds }) => bounds.rows)}`,
    middle(({ moved }) => moved.r2Gets),
    `${Math.max(...counted.map(({ moved }) => moved.r2Gets))}`,
    `≤ ${middle(({ bounds }) => bounds.r2Gets)}`,
    milliseconds(hotTimes),
    milliseconds(movedTimes),
    verdict(counted.every(isWithinBounds)),
  ];
}
