import { scheduler } from "node:timers/promises";
import { urlsAt, type Bench } from "./bench.ts";
import type { Figure } from "../figures.ts";
import { workerdMemory } from "./memory.ts";
import { BATCH, EVENTS_A_BATCH, SUBSCRIPTIONS, type Prepared } from "./plan.ts";

const PROJECT = "drain";
const A_WHILE = 1 / 5;
const PATIENCE_MS = 60_000;

/** Puts the hints of many deliveries on the real queue at once, and watches memory and pace while they go out. */
export async function measureDrain(bench: Bench): Promise<Figure[]> {
  const { runtime, scale } = bench;
  const deliveries = scale.queued;
  const aWhile = A_WHILE * deliveries;
  const urls = urlsAt(bench, PROJECT, SUBSCRIPTIONS);
  await runtime.ask({ do: "subscribe", database: "DB", project: PROJECT, urls });
  await drain(bench); // until V8 has as much as it takes before it collects
  const { arrivals, atStart, afterAWhile } = await drain(bench);
  const atEnd = await workerdMemory();
  const pace = (from: number, to: number) => ((arrivals[to - 1] ?? NaN) - (arrivals[from] ?? NaN)) / (to - from);
  const [first, last] = [pace(0, aWhile), pace(deliveries - aWhile, deliveries)];
  return [
    {
      name: "queued deliveries that arrived",
      measured: `${arrivals.length} of ${deliveries}`,
      aim: "all",
      isHeld: arrivals.length === deliveries,
    },
    {
      name: "memory of workerd at the end, against after a fifth",
      measured: megabytes(atEnd),
      floor: megabytes(afterAWhile),
      ...(atEnd !== undefined && afterAWhile !== undefined && { ratio: atEnd / afterAWhile }),
      aim: "flat",
    },
    { name: "  before the first", measured: megabytes(atStart) },
    {
      name: "time a delivery in the last fifth, against the first",
      measured: `${last.toFixed(2)} ms`,
      floor: `${first.toFixed(2)} ms`,
      ratio: last / first,
      aim: "flat",
    },
  ];
}

async function drain({ runtime, receiver, scale }: Bench) {
  const deliveries = scale.queued;
  const events = (deliveries / BATCH) * EVENTS_A_BATCH;
  const { deliveryIds } = await runtime.ask<Prepared>({ do: "prepare", database: "DB", project: PROJECT, events });
  const arrivals: number[] = [];
  const arrived = new Set<string>();
  let afterAWhile: Promise<number | undefined> | undefined;
  receiver.onArrival = ({ path, webhookId }) => {
    if (!path.startsWith(`/${PROJECT}/`) || arrived.has(webhookId)) return;
    arrived.add(webhookId);
    arrivals.push(performance.now());
    if (arrivals.length === A_WHILE * deliveries) afterAWhile = workerdMemory();
  };
  const atStart = await workerdMemory();
  await runtime.ask({ do: "hint", deliveryIds });
  for (const until = Date.now() + PATIENCE_MS; arrivals.length < deliveries && Date.now() < until;) {
    await scheduler.wait(50);
  }
  return { arrivals, atStart, afterAWhile: await afterAWhile };
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? "not measured" : `${Math.round(bytes / 1024 ** 2)} MB`;
}
