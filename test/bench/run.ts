import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { benchDeliveries } from "./deliveries/run.ts";
import { benchHistory } from "./history/run.ts";
import { benchReads } from "./reads/run.ts";
import { benchSoak } from "./soak/run.ts";

const PARTS = ["reads", "history", "deliveries", "soak"] as const;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    seconds: { type: "string" },
    /** Everything once and small: what is checked is the same, but the times say little. */
    short: { type: "boolean", default: false },
    /** Of the long history. Given, it is all that is measured, unless `only` says otherwise. */
    events: { type: "string" },
  },
});
const only = values.only ?? (values.events === undefined ? undefined : "history");
const wanted = PARTS.filter((part) => only === undefined || only === part);
if (wanted.length === 0) throw new Error(`--only takes one of ${PARTS.join(", ")}`);

console.log(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores; ${process.platform} ${process.arch}.`);
const { short: isShort } = values;
const seconds = Number(values.seconds ?? (isShort ? 1 : values.events === undefined ? 32 : 120));
const large = Number(values.events ?? (isShort ? 50_000 : 200_000));
if (wanted.includes("reads")) await benchReads(seconds);
if (wanted.includes("history")) await benchHistory(seconds, { large, overHttp: isShort ? large : 200_000 });
if (wanted.includes("deliveries")) await benchDeliveries(seconds, isShort);
if (wanted.includes("soak")) await benchSoak(isShort);
