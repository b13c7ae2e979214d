import { ROOT } from "../../../scripts/dev-vars.ts";
import { Failure } from "../../../scripts/run-script.ts";
import { EVENTS_PER_BATCH, SUBSCRIPTIONS, type Job as DeliveryJob, type Prepared } from "../deliveries/plan.ts";
import { startReceiver } from "../deliveries/receiver.ts";
import type { Measurement } from "../measure.ts";
import { SUBJECTS, type Job, type Measurement as ReadMeasurement, type SubjectName } from "../reads/plan.ts";
import { formatTable } from "../table.ts";
import { startSide, type Side } from "./side.ts";
import { compareInTurns, type Comparison, type Turn } from "./turns.ts";

const EVENTS = 10_000;
const BATCH = 100;
const PROJECT = "against";
const BATCHES = 5;
/** The approximate time of one turn, in milliseconds. */
const TURN_MS = 150;
/** So many requests show how many fit into a turn. */
const FIRST_REQUESTS = 50;

/**
 * Measures `parts` of this work tree and of another one in turn: `reads` (pages and recordings) and `deliveries`.
 * Prints their ratios.
 */
export async function benchAgainst(root: string, parts: readonly string[], seconds: number): Promise<void> {
  if (process.platform !== "linux") throw new Failure("--against needs Linux, because it reads /proc.");
  const found = [
    ...(parts.includes("reads") ? await compareReads(root, seconds) : []),
    ...(parts.includes("deliveries") ? await compareDeliveries(root, seconds / 3) : []),
  ];
  if (found.length === 0) throw new Failure("--against compares the parts reads and deliveries only.");
  console.log(
    `\nRatios of this work tree to ${root}, measured in turn. Below 1.00, this work tree is faster.\n\n${tableFor(found)}`,
  );
}

async function compareReads(root: string, seconds: number): Promise<Comparison[]> {
  await using own = await startSide<Job>(ROOT, "reads/worker.ts");
  await using other = await startSide<Job>(root, "reads/worker.ts");
  for (let from = 0; from < EVENTS; from += BATCH) {
    for (const side of [own, other]) await side.ask({ do: "fill", from, count: BATCH });
  }
  const turns: Turn<Job>[] = [];
  for (const subject of SUBJECTS.filter((one) => "reads" in one)) turns.push(await turnOf(subject.name, [own, other]));
  return await compareInTurns([own, other], turns, Date.now() + 1000 * seconds);
}

/** Both sides make the same requests, because a database with more events takes longer. */
async function turnOf(name: SubjectName, sides: Side<Job>[]): Promise<Turn<Job>> {
  const measure = async (side: Side<Job>, requests: number) =>
    (await side.ask<ReadMeasurement>({ do: "measure", subject: name, concurrency: 16, requests })).milliseconds;
  let milliseconds = 0;
  for (const side of sides) {
    await measure(side, FIRST_REQUESTS); // the first requests are slower
    milliseconds = await measure(side, FIRST_REQUESTS);
  }
  const requests = Math.max(20, Math.round((FIRST_REQUESTS * TURN_MS) / Math.max(1, milliseconds)));
  return { name, prepare: async (side) => () => measure(side, requests) };
}

async function compareDeliveries(root: string, seconds: number): Promise<Comparison[]> {
  using receiver = await startReceiver();
  await using own = await startSide<DeliveryJob>(ROOT, "deliveries/worker.ts");
  await using other = await startSide<DeliveryJob>(root, "deliveries/worker.ts");
  const urls = Array.from({ length: SUBSCRIPTIONS }, (_, number) => `${receiver.url}/${PROJECT}/${number}`);
  for (const side of [own, other]) await side.ask({ do: "subscribe", database: "DB", project: PROJECT, urls });
  const prepare = async (side: Side<DeliveryJob>) => {
    const events = BATCHES * EVENTS_PER_BATCH;
    const { deliveryIds } = await side.ask<Prepared>({ do: "prepare", database: "DB", project: PROJECT, events });
    return async () => (await side.ask<Measurement>({ do: "consume", deliveryIds, writesLog: false })).milliseconds;
  };
  const name = `${BATCHES} batches of 100 deliveries`;
  return await compareInTurns([own, other], [{ name, prepare }], Date.now() + 1000 * seconds);
}

function tableFor(found: Comparison[]): string {
  const lines = found.map(({ name, rounds, time, timeInterval: [low, high], cpu }) => [
    name,
    `${rounds}`,
    time.toFixed(3),
    `${low.toFixed(3)} to ${high.toFixed(3)}`,
    cpu.toFixed(3),
  ]);
  return formatTable([["", "rounds", "time", "95 % interval", "CPU time"], ...lines]);
}
