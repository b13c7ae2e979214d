import { scheduler } from "node:timers/promises";
import { urlsAt, type Bench } from "./bench.ts";
import type { Figure } from "../figures.ts";
import { workerdMemory } from "./memory.ts";
import { BATCH, EVENTS_PER_BATCH, SUBSCRIPTIONS, type Prepared } from "./plan.ts";

const PROJECT = "drain";
const FIFTH = 1 / 5;
const PATIENCE_MS = 60_000;

/** Sends many hints to the real queue at once, and measures memory and speed during their deliveries. */
export async function measureDrain(bench: Bench): Promise<Figure[]> {
  const { runtime, scale } = bench;
  const deliveries = scale.queued;
  const fifth = FIFTH * deliveries;
  const urls = urlsAt(bench, PROJECT, SUBSCRIPTIONS);
  await runtime.ask({ do: "subscribe", database: "DB", project: PROJECT, urls });
  await drain(bench); // so that V8's heap has grown to its usual size
  const { arrivals, atStart, afterFifth } = await drain(bench);
  const atEnd = await workerdMemory();
  const pace = (from: number, to: number) => ((arrivals[to - 1] ?? NaN) - (arrivals[from] ?? NaN)) / (to - from);
  const [first, last] = [pace(0, fifth), pace(deliveries - fifth, deliveries)];
  return [
    {
      name: "queued deliveries that arrived",
      measured: `${arrivals.length} of ${deliveries}`,
      aim: "all",
      isMet: arrivals.length === deliveries,
    },
    {
      name: "memory of workerd at the end, and after a fifth (floor)",
      measured: megabytes(atEnd),
      floor: megabytes(afterFifth),
      ...(atEnd !== undefined && afterFifth !== undefined && { ratio: atEnd / afterFifth }),
      aim: "flat",
    },
    { name: "  before the first delivery", measured: megabytes(atStart) },
    {
      name: "time per delivery in the last fifth, and in the first (floor)",
      measured: `${last.toFixed(2)} ms`,
      floor: `${first.toFixed(2)} ms`,
      ratio: last / first,
      aim: "flat",
    },
  ];
}

async function drain({ runtime, receiver, scale }: Bench) {
  const deliveries = scale.queued;
  const events = (deliveries / BATCH) * EVENTS_PER_BATCH;
  const { deliveryIds } = await runtime.ask<Prepared>({ do: "prepare", database: "DB", project: PROJECT, events });
  const arrivals: number[] = [];
  const arrived = new Set<string>();
  let afterFifth: Promise<number | undefined> | undefined;
  receiver.onArrival = ({ path, webhookId }) => {
    if (!path.startsWith(`/${PROJECT}/`) || arrived.has(webhookId)) return;
    arrived.add(webhookId);
    arrivals.push(performance.now());
    if (arrivals.length === FIFTH * deliveries) afterFifth = workerdMemory();
  };
  const atStart = await workerdMemory();
  await runtime.ask({ do: "hint", deliveryIds });
  for (const until = Date.now() + PATIENCE_MS; arrivals.length < deliveries && Date.now() < until;) {
    await scheduler.wait(50);
  }
  return { arrivals, atStart, afterFifth: await afterFifth };
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? "not measured" : `${Math.round(bytes / 1024 ** 2)} MB`;
}
