import { scheduler } from "node:timers/promises";
import type { Workerd } from "../history/workerd.ts";
import { makeAccounts, countMissing, countLosses, readStored, type Account, type Losses } from "./account.ts";
import { sampleMemory, type MemorySample } from "./memory-samples.ts";
import { healthySubscribers, faultySubscribers, type Plan, type Subscriber } from "./plan.ts";
import { recordSteadily, type Recorded } from "./producer.ts";
import type { Receivers } from "./receivers.ts";
import type { Service } from "./service.ts";
import { startSweeps } from "./sweeps.ts";

export interface World {
  plan: Plan;
  workerd: Workerd;
  service: Service;
  receivers: Receivers;
}

export interface Findings {
  /** The events that were recorded while there were only healthy receivers, and those recorded with all receivers. */
  alone: Recorded;
  together: Recorded;
  accounts: Account[];
  /** Samples while there were all receivers. */
  memory: MemorySample[];
  /** The numbers after all events were recorded and before the cure. */
  before: { accepted: Map<Account, number>; posts: Map<Account, number> };
  /** The numbers after the cure. */
  missing: number;
  losses: Losses;
  cureSeconds: number;
}

/** A pause after each phase, so that its deliveries arrive before the next phase. */
const PAUSE_MS = 3_000;
const CURED_SWEEP_SECONDS = 2;
const MEMORY_SAMPLES = 25;

export async function soak(world: World): Promise<Findings> {
  const { plan, workerd, service, receivers } = world;
  const [healthy, ill] = [healthySubscribers(plan), faultySubscribers(plan)];
  await using sweeps = startSweeps(workerd, plan.sweepEvery);
  await subscribe(world, healthy);
  const record = async (from: number, count: number) => {
    const recorded = await recordSteadily(service, plan, from, count);
    await scheduler.wait(PAUSE_MS);
    return recorded;
  };
  const warmUp = await record(0, plan.warmUpEvents);
  const alone = await record(plan.warmUpEvents, plan.aloneEvents);

  await subscribe(world, ill);
  const sampling = sampleMemory(workerd, (1000 * plan.events) / plan.eventsPerSecond / MEMORY_SAMPLES);
  const since = plan.warmUpEvents + plan.aloneEvents;
  const together = await record(since, plan.events);
  const memory = await sampling.stop();

  const recorded = new Map([...warmUp, ...alone, ...together]);
  const accounts = [
    ...makeAccounts(receivers, plan, recorded, healthy, 0),
    ...makeAccounts(receivers, plan, recorded, ill, since),
  ];
  const before = {
    accepted: new Map(accounts.map((account) => [account, account.inbox.accepted.size])),
    posts: new Map(accounts.map((account) => [account, account.inbox.posts])),
  };
  sweeps.every(CURED_SWEEP_SECONDS);
  const curedAt = performance.now();
  await cure(world, ill);
  const losses = await waitForArrivals(world, accounts);
  const cureSeconds = (performance.now() - curedAt) / 1000;
  return { alone, together, accounts, memory, before, missing: countMissing(accounts), losses, cureSeconds };
}

async function subscribe({ service, receivers }: World, subscribers: Subscriber[]): Promise<void> {
  const entries = subscribers.map((subscriber, number) => ({
    project: subscriber.project,
    entry: { type: "webhook", url: receivers.add(subscriber, number) } as const,
  }));
  for (const [project, added] of Map.groupBy(entries, (one) => one.project)) {
    await service.changeSet(project, (set) => [...set, ...added.map(({ entry }) => entry)]);
  }
}

/** Cures all receivers. Then their owners enable the subscriptions again and recover the failed deliveries. */
async function cure({ plan, service, receivers }: World, ill: Subscriber[]): Promise<void> {
  await receivers.cure();
  await scheduler.wait(1000 * plan.timeoutSeconds); // until all earlier attempts have ended
  for (const project of new Set(ill.map((one) => one.project))) {
    const set = await service.changeSet(project, (entries) => entries.map((entry) => ({ ...entry, enabled: true })));
    for (const { id, url } of set) {
      const isIll = ill.some(({ name }) => url.endsWith(`/${name}`));
      if (isIll && id !== undefined) await service.recoverFailed(project, id);
    }
  }
}

/** Waits until everything has arrived and is settled, or until the time is up. Returns the losses. */
async function waitForArrivals({ plan, workerd }: World, accounts: Account[]): Promise<Losses> {
  const db = await workerd.database("DB");
  for (const until = Date.now() + 1000 * plan.patienceSeconds; ; await scheduler.wait(1000)) {
    if (countMissing(accounts) > 0 && Date.now() < until) continue;
    const losses = countLosses(accounts, await readStored(db));
    if (losses.unsettled === 0 || Date.now() > until) return losses;
  }
}
