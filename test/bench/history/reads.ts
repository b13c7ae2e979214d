import type { Bundle } from "../bundle.ts";
import { measureInRounds, type Series } from "../rounds.ts";
import { FLOORS, PAGES, type Cost, type FloorName, type History, type Job } from "./plan.ts";
import type { FloorRates, Found } from "./report.ts";
import { startWorkerd, type Site } from "./workerd.ts";

const CROWD = 16;
const SLICE_MS = 60;

/** Measures the same pages of two histories in turn, in one workerd process, for `seconds`. */
export async function measureReads(
  bundle: Bundle,
  site: Site,
  histories: [small: History, large: History],
  seconds: number,
): Promise<{ found: Found[]; floors: FloorRates; rounds: number }> {
  const until = Date.now() + 1000 * seconds;
  const databases = Object.fromEntries(histories.map(({ binding }) => [binding, binding]));
  await using workerd = await startWorkerd(bundle, site, { DB: "nothing", ...databases });
  const all: Series[] = [];
  const seriesOf = (subject: number | FloorName, concurrency: number) => {
    const [small, large] = histories.map((history): Series => ({
      concurrency,
      measure: (requests) => ask<number>(workerd.url, { do: "measure", subject, history, concurrency, requests }),
      perSecond: [],
    }));
    if (small === undefined || large === undefined) throw new Error("there are two histories");
    all.push(small, large);
    return [small.perSecond, large.perSecond] as [number[], number[]];
  };
  const ratesOf = (subject: number | FloorName) => ({ alone: seriesOf(subject, 1), crowded: seriesOf(subject, CROWD) });
  const probe = (page: number, history: History) => ask<Cost>(workerd.url, { do: "probe", page, history });
  const floors: FloorRates = {
    "route without D1": ratesOf("route without D1"),
    "route with SELECT 1": ratesOf("route with SELECT 1"),
  };
  const found: Found[] = [];
  for (const page of PAGES.keys()) {
    const costs: Found["costs"] = [await probe(page, histories[0]), await probe(page, histories[1])];
    found.push({ costs, ...ratesOf(page) });
  }
  await measureInRounds(all, until, SLICE_MS);
  return { found, floors, rounds: floors[FLOORS[0]].alone[0].length };
}

/** Gives the bench Worker a job, and returns its answer. */
export async function ask<Answer>(url: URL, job: Job): Promise<Answer> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(job) });
  if (!response.ok) throw new Error(`${JSON.stringify(job)} failed: ${await response.text()}`);
  return (await response.json()) as Answer; // each job has its own type of answer
}
