import { Agent, request } from "node:http";
import { signReaderToken } from "../../../scripts/reader-token.ts";
import type { Bundle } from "../bundle.ts";
import { median, medianRatio } from "../median.ts";
import { measureInRounds, type Series } from "../rounds.ts";
import { formatTable } from "../table.ts";
import { group } from "./past-events.ts";
import type { History } from "./plan.ts";
import { startWorkerd, type Site } from "./workerd.ts";

const CONNECTIONS = 16;
const SLICE_MS = 400;
const QUERY = "/api/v1/events/query";

interface Kind {
  name: string;
  path: () => string;
  status: number;
}

/** Measures the service as it is deployed, with log lines, over 16 persistent connections from this process. */
export async function measureOverHttp(
  bundle: Bundle,
  site: Site,
  { binding, events }: History,
  seconds: number,
): Promise<string> {
  const until = Date.now() + 1000 * seconds;
  await using workerd = await startWorkerd(bundle, site, { DB: binding });
  const groups = [0, 1, 2].map(group);
  const token = await signReaderToken({ JWT_SECRET: site.vars["JWT_SECRET"] }, { user: "ada", groups });
  let asked = 0;
  const anotherPage = () =>
    `${QUERY}?page_from=${Math.floor(events / 10) + ((asked++ * 7919) % Math.floor(events * 0.8))}`;
  const kinds: Kind[] = [
    { name: "a response without D1 (404)", path: () => "/nothing", status: 404 },
    { name: "first page of 50", path: () => QUERY, status: 200 },
    { name: "deep page of 50", path: () => `${QUERY}?page_from=${Math.floor(events / 2)}`, status: 200 },
    { name: "a new deep page of 50 each time", path: anotherPage, status: 200 },
  ];
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const series = kinds.map(({ path, status }): Series => ({
    concurrency: CONNECTIONS,
    measure: (requests) =>
      timeOf(requests, () => get(new URL(path(), workerd.url), agent, { Authorization: `Bearer ${token}` }, status)),
    perSecond: [],
  }));
  await measureInRounds(series, until, SLICE_MS);
  agent.destroy();
  const floor = series[0]?.perSecond ?? [];
  return formatTable([
    ["", "per second", "ratio to no D1"],
    ...series.map(({ perSecond }, index) => [
      kinds[index]?.name ?? "",
      `${Math.round(median(perSecond))}`,
      medianRatio(perSecond, floor).toFixed(2),
    ]),
  ]);
}

async function timeOf(requests: number, ask: () => Promise<void>): Promise<number> {
  let left = requests;
  const requestUntilDone = async () => {
    while (left-- > 0) await ask();
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, requestUntilDone));
  return performance.now() - startedAt;
}

/** Resolves after the response was read. */
function get(url: URL, agent: Agent, headers: Record<string, string>, status: number): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url.href, { agent, headers }, (response) => {
      response.on("error", reject).on("end", () => {
        if (response.statusCode === status) resolve();
        else reject(new Error(`${url.href} responded with ${response.statusCode}`));
      });
      response.resume();
    })
      .on("error", reject)
      .end();
  });
}
