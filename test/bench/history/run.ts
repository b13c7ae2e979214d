import { stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../../../scripts/dev-vars.ts";
import { bundle, type Bundle } from "../bundle.ts";
import { bytesPerEvent } from "./bytes.ts";
import { fill } from "./fill.ts";
import { measureOverHttp } from "./over-http.ts";
import { pastEvent } from "./past-events.ts";
import type { History } from "./plan.ts";
import { ask, measureReads } from "./reads.ts";
import { areWithinBounds, rowsTable, sizesLine, timesTable } from "./report.ts";
import { assertSameRows } from "./same-rows.ts";
import { openSite } from "./site.ts";
import { createDatabase, startWorkerd, type Site } from "./workerd.ts";

const SMALL = 10_000;
const COMPARED = 500;

/** The numbers of events. */
interface Sizes {
  large: number;
  overHttp: number;
}

/** Measures reads of a long history and of a short one, and the built Worker over HTTP. */
export async function benchHistory(seconds: number, { large, overHttp }: Sizes): Promise<void> {
  console.log();
  using site = await openSite(SMALL + overHttp + large);
  const bench = await bundle(site.folder, fileURLToPath(import.meta.resolve("./worker.ts")));
  await compareRows(bench, site);
  const bytes = await bytesPerEvent(bench, site);
  const histories = new Map<number, History>();
  for (const size of new Set([SMALL, large, overHttp])) histories.set(size, await fillOne(bench, site, size));
  const historyOf = (size: number) => histories.get(size) ?? { binding: "nothing", events: size };

  const pair: [History, History] = [historyOf(SMALL), historyOf(large)];
  const { found, floors, rounds } = await measureReads(bench, site, pair, (2 * seconds) / 3);
  console.log(
    `\nPages of 50 that were not requested before. One workerd process runs the service, both databases and the measuring loop.`,
  );
  console.log(
    `${sizesLine(pair)}. Medians of ${rounds} rounds. The aim for growth is ≤ 1.2.\n\n${rowsTable(found)}\n\n${timesTable(found, floors)}`,
  );
  console.log(
    `\nBytes on disk of an event with 200 bytes of data, for 3 groups, in 5 scopes: ${Math.round(bytes)} (aim ≤ 600).`,
  );
  if (!areWithinBounds(found)) process.exitCode = 1;

  const service = await bundle(site.folder, path.join(ROOT, "src", "index.ts"));
  const table = await measureOverHttp(service, site, historyOf(overHttp), seconds / 3);
  console.log(
    `\nThe built Worker in workerd, over HTTP on a loopback address with 16 connections, ${overHttp.toLocaleString("en")} events:\n\n${table}`,
  );
}

/** Checks that the inserted rows equal the rows that the service records. */
async function compareRows(bench: Bundle, site: Site): Promise<void> {
  const [recorded, filled] = [
    await createDatabase(bench, site, "recorded"),
    await createDatabase(bench, site, "filled"),
  ];
  {
    await using workerd = await startWorkerd(bench, site, { DB: "recorded" });
    await ask(workerd.url, { do: "record", binding: "DB", count: COMPARED, total: COMPARED });
  }
  await fill(filled, COMPARED, (number) => pastEvent(number, COMPARED));
  assertSameRows(recorded, filled);
}

async function fillOne(bench: Bundle, site: Site, events: number): Promise<History> {
  const binding = `EVENTS_${events}`;
  const file = await createDatabase(bench, site, binding);
  const startedAt = performance.now();
  const { entries, feeds } = await fill(file, events, (number) => pastEvent(number, events));
  const took = ((performance.now() - startedAt) / 1000).toFixed(1);
  const { size } = await stat(file);
  const count = (number: number) => number.toLocaleString("en");
  console.log(
    `${count(events)} events, ${count(entries)} feed entries in ${count(feeds)} feeds: ${Math.round(size / 1e6)} MB, filled in ${took} s.`,
  );
  return { binding, events };
}
