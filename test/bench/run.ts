import { availableParallelism, cpus } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { benchArchive } from "./archive/run.ts";
import { benchAgainst } from "./against/run.ts";
import { benchDeliveries } from "./deliveries/run.ts";
import { benchLog } from "./log/run.ts";
import { benchHistory } from "./history/run.ts";
import { benchReads } from "./reads/run.ts";
import { planOf } from "./soak/plan.ts";
import { benchSoak } from "./soak/run.ts";
import { benchStreams } from "./streams/run.ts";

const PARTS = ["reads", "history", "deliveries", "log", "archive", "streams", "soak"] as const;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    seconds: { type: "string" },
    /** Runs everything once, with small sizes. The checks are the same, but the times mean little. */
    short: { type: "boolean", default: false },
    /** Another work tree with node_modules. The bench then only compares this work tree with it. */
    against: { type: "string" },
    /** The events per second of the soak. */
    rate: { type: "string" },
    /** The number of events in the long history, the archive, the soak or a stream. Without `only`: in the long history. */
    events: { type: "string" },
  },
});
const only = values.only ?? (values.events === undefined ? undefined : "history");
const wanted = PARTS.filter((part) => only === undefined || only === part);
if (wanted.length === 0) throw new Error(`--only takes one of ${PARTS.join(", ")}`);

console.log(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${process.platform} ${process.arch}.`);
const { short: isShort } = values;
const soakOptions = {
  ...(only === "soak" && values.events !== undefined && { events: Number(values.events) }),
  ...(values.rate !== undefined && { eventsPerSecond: Number(values.rate) }),
};
const seconds = Number(values.seconds ?? (isShort ? 1 : values.events === undefined || only === "streams" ? 32 : 120));
const behind = Number((only === "streams" ? values.events : undefined) ?? 100_000);
const large = Number(values.events ?? (isShort ? 50_000 : 200_000));
const archived = Number(values.events ?? (isShort ? 70_000 : 200_000)); // at least two segments
if (values.against !== undefined)
  await benchAgainst(path.resolve(values.against), wanted, Number(values.seconds ?? 90));
else await benchParts();

async function benchParts() {
  if (wanted.includes("reads")) await benchReads(seconds);
  if (wanted.includes("history")) await benchHistory(seconds, { large, overHttp: isShort ? large : 200_000 });
  if (wanted.includes("deliveries")) await benchDeliveries(seconds, isShort);
  if (wanted.includes("log")) await benchLog(seconds);
  if (wanted.includes("archive")) await benchArchive({ events: archived, seconds });
  if (wanted.includes("streams")) await benchStreams(seconds, isShort ? 0 : behind);
  if (wanted.includes("soak")) await benchSoak(planOf(isShort, soakOptions));
}
