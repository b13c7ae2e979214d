import { copyFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundle } from "../bundle.ts";
import { areMet, formatFigures } from "../figures.ts";
import { fill } from "../history/fill.ts";
import { compareRows } from "../history/filled-databases.ts";
import { pastEvent } from "../history/past-events.ts";
import { openSite } from "../history/site.ts";
import { createDatabase, startWorkerd, type Site } from "../history/workerd.ts";
import { Client } from "./client.ts";
import { moveAll, moveFigures, tableFigures } from "./move.ts";
import { areWithinBounds, pagesTable, readPages } from "./pages.ts";
import { AUDITOR, AUDITORS, HOT, MOVED, RARE_READER, READER_IN_3 } from "./plan.ts";
import { walkAll } from "./walk.ts";

interface Options {
  /** The number of events of the history. */
  events: number;
  /** For the times of pages. Everything else takes as long as it takes. */
  seconds: number;
}

/** Moves a history to the archive, and reads it there and in a second database that still has all of it. */
export async function benchArchive({ events, seconds }: Options): Promise<void> {
  console.log();
  using folder = await openSite(2 * events);
  const site: Site = { ...folder, vars: { ...folder.vars, AUDITOR_GROUPS: AUDITORS, SERVER_TIMING: "true" } };
  await compareRows(await bundleOf(import.meta.resolve("../history/worker.ts"), site), site);
  const worker = await bundleOf(import.meta.resolve("./worker.ts"), site);
  const [hot, moved] = [await createDatabase(worker, site, HOT), await createDatabase(worker, site, MOVED)];
  const { entries, feeds } = await fill(hot, events, (number) => pastEvent(number, events));
  for (const suffix of ["-wal", "-shm"]) await rm(`${moved}${suffix}`, { force: true }); // belongs to the replaced file
  await copyFile(hot, moved);
  const count = (number: number) => number.toLocaleString("en");
  console.log(`${count(events)} events, ${count(entries)} feed entries in ${count(feeds)} feeds.`);
  const { move, isWithinBounds } = await moveAndRead();
  console.log(`\nThe moved database:\n\n${formatFigures(tableFigures(moved, move))}`);
  if (!isWithinBounds) process.exitCode = 1;

  async function moveAndRead() {
    await using workerd = await startWorkerd(worker, site, { DB: "nothing", HOT, MOVED }, { hasArchive: true });
    const client = new Client(workerd.url, site);
    const done = await moveAll(client, (line) => console.log(line));
    const figures = moveFigures(done);
    console.log(`\nThe move of all whole segments:\n\n${formatFigures(figures)}`);
    const pages = await readPages(client, done.after.segments, seconds);
    console.log(`\nPages of 50 at random places of the archive, without caches:\n\n${pagesTable(pages)}`);
    const walks = await walkAll(client, [RARE_READER, READER_IN_3, AUDITOR], events);
    console.log(`\nWhole listings in pages of 500, each compared with the generator byte for byte:\n\n${walks}`);
    return { move: done, isWithinBounds: areMet(figures) && areWithinBounds(pages) };
  }
}

function bundleOf(worker: string, { folder }: Site) {
  return bundle(folder, fileURLToPath(worker));
}
