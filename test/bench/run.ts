import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { benchDeliveries } from "./deliveries/run.ts";
import { benchReads } from "./reads/run.ts";

const PARTS = ["reads", "deliveries"] as const;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    seconds: { type: "string", default: "50" },
    events: { type: "string", default: "10000" },
  },
});
const wanted = PARTS.filter((part) => values.only === undefined || values.only === part);
if (wanted.length === 0) throw new Error(`--only takes one of ${PARTS.join(", ")}`);

console.log(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores; ${process.platform} ${process.arch}.`);
const [seconds, events] = [Number(values.seconds), Number(values.events)];
if (wanted.includes("reads")) await benchReads(seconds, events);
if (wanted.includes("deliveries")) await benchDeliveries(seconds);
