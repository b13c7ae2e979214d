import path from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../../../scripts/dev-vars.ts";
import { bundle } from "../bundle.ts";
import { bytesPerEvent } from "./bytes.ts";
import { compareRows, fillOne } from "./filled-databases.ts";
import { measureOverHttp } from "./over-http.ts";
import type { History } from "./plan.ts";
import { measureReads } from "./reads.ts";
import { areWithinBounds, rowsTable, sizesLine, timesTable } from "./report.ts";
import { openSite } from "./site.ts";

const SMALL = 10_000;

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
