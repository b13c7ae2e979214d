import { scheduler } from "node:timers/promises";
import { median, quantile } from "../median.ts";
import { urlsAt, type Bench } from "./bench.ts";
import type { Figure } from "../figures.ts";
import { SUBSCRIPTIONS, type States } from "./plan.ts";

const EVENTS_PER_SECOND = 10;
/** How long to wait for the last arrivals after all events are recorded. Longer than the timeout of an attempt. */
const PATIENCE_MS = 20_000;
/** Longer than the timeout of an attempt. In this time, the breaker opens and its deliveries become held. */
const SETTLED_MS = 45_000;

/**
 * Measures, through the real queue, the time from the response to a recording until the event arrives at nine
 * receivers. The tenth receiver is healthy in one run and does not respond in the next one, in turn.
 */
export async function measureHanging(bench: Bench): Promise<Figure[]> {
  const { hangingRounds: rounds, hangingEvents: events } = bench.scale;
  const [well, hanging] = [[] as number[], [] as number[]];
  const hung: number[] = [];
  await passThrough(bench, "warm", false);
  for (let round = 0; round < rounds; round++) {
    well.push(quantile((await passThrough(bench, `well-${round}`, false)).latencies, 0.95));
    const { latencies, tenth } = await passThrough(bench, `hanging-${round}`, true);
    hanging.push(quantile(latencies, 0.95));
    hung.push(tenth);
  }
  const states = await untilHeld(bench, hung);
  const total = (count: (state: States) => number) => states.reduce((sum, state) => sum + count(state), 0);
  return [
    {
      name: `p95 to nine receivers while the tenth hangs, ${rounds} rounds`,
      measured: `${Math.round(median(hanging))} ms`,
      floor: `${Math.round(median(well))} ms`,
      ratio: median(hanging) / median(well),
      aim: "≤ 1.5",
    },
    {
      name: "attempts at a hanging receiver before its breaker opened",
      measured: `${Math.round(total(({ attempts }) => attempts) / rounds)}`,
      floor: "10",
    },
    {
      name: "open breakers of hanging receivers",
      measured: `${total(({ isOpen }) => Number(isOpen))} of ${rounds}`,
      aim: "all",
      isMet: states.every(({ isOpen }) => isOpen),
    },
    {
      name: "held deliveries of hanging receivers, without the probes",
      measured: `${total(({ held }) => held)} of ${rounds * (events - 1)}`,
      aim: "all",
      isMet: total(({ held }) => held) === rounds * (events - 1),
    },
  ];
}

/**
 * Returns the milliseconds until each delivery arrived at the first nine receivers, and the tenth subscription's ID.
 */
async function passThrough(bench: Bench, project: string, hangs: boolean) {
  const { runtime, receiver } = bench;
  const healthy = urlsAt(bench, project, SUBSCRIPTIONS - 1);
  const tenth = urlsAt(bench, `${hangs ? "never" : "tenth"}/${project}`, 1);
  const urls = [...healthy, ...tenth];
  const ids = await runtime.ask<number[]>({ do: "subscribe", database: "DB", project, urls });
  const arrivedAt = new Map<string, { event: number; at: number }>();
  receiver.onArrival = ({ path, webhookId, body }) => {
    if (path.startsWith(`/${project}/`) && !arrivedAt.has(webhookId)) {
      arrivedAt.set(webhookId, { event: numberOf(body), at: performance.now() });
    }
  };
  const recordedAt = await recordSteadily(bench, project);
  const all = healthy.length * bench.scale.hangingEvents;
  for (const until = Date.now() + PATIENCE_MS; arrivedAt.size < all && Date.now() < until;) await scheduler.wait(50);
  const latencies = [...arrivedAt.values()].map(({ event, at }) => at - (recordedAt[event] ?? NaN));
  const missing = Array.from({ length: all - latencies.length }, () => Infinity);
  return { latencies: [...latencies, ...missing], tenth: ids.at(-1) ?? NaN };
}

/** Returns when the response to each recording arrived. */
function recordSteadily({ runtime, scale }: Bench, project: string): Promise<number[]> {
  const recordings = Array.from({ length: scale.hangingEvents }, async (_, event) => {
    await scheduler.wait((event * 1000) / EVENTS_PER_SECOND);
    await runtime.ask({ do: "record", project, from: event, count: 1 });
    return performance.now();
  });
  return Promise.all(recordings);
}

/** The number of the event. `sampleEvents` stores it in the data. */
function numberOf(body: string): number {
  return (JSON.parse(body) as { data: { build: number } }).data.build;
}

async function untilHeld({ runtime }: Bench, subscriptionIds: number[]): Promise<States[]> {
  for (const until = Date.now() + SETTLED_MS; ; await scheduler.wait(1000)) {
    const states = await Promise.all(
      subscriptionIds.map((subscriptionId) => runtime.ask<States>({ do: "states", subscriptionId })),
    );
    if (states.every(({ isOpen, pending }) => isOpen && pending <= 1) || Date.now() > until) return states;
  }
}
