/** How a receiver behaves until it is cured. */
export const TEMPERS = [
  "dead",
  "failing",
  "gone",
  "limiting",
  "slow",
  "hanging",
  "flapping",
  "huge",
  "endless",
] as const;
export type Temper = (typeof TEMPERS)[number] | "healthy";

export interface Plan {
  projects: number;
  /** Before anything is measured. */
  warmUpEvents: number;
  /** With the healthy receivers only. */
  aloneEvents: number;
  /** With receivers of every temper. */
  events: number;
  eventsASecond: number;
  /** What a second of a receiver's behaviour takes. A slow one needs up to 14 of them for an answer. */
  receiverSecondMs: number;
  timeoutSeconds: number;
  retrySchedule: string;
  /** Seconds between two runs of the scheduled job. */
  sweepEvery: number;
  /** How long cured receivers may wait for the last of their deliveries. */
  patienceSeconds: number;
}

const HEALTHY_IN_A_PROJECT = 3;
const ILL_IN_A_PROJECT = 2;

const FULL: Plan = {
  projects: 60,
  warmUpEvents: 1_000,
  aloneEvents: 4_000,
  events: 20_000,
  // Of a batch of 100, the local queue waits at least half a second for a receiver that hangs, and has one batch at a time.
  eventsASecond: 40,
  receiverSecondMs: 1_000,
  timeoutSeconds: 15,
  retrySchedule: "5,10,20,30,30,30,30,30,30,30", // short, so that a run ends: the default's waits are hours
  sweepEvery: 60,
  patienceSeconds: 300,
};

const SHORT: Plan = {
  projects: 12,
  warmUpEvents: 200,
  aloneEvents: 200,
  events: 400,
  eventsASecond: 40,
  receiverSecondMs: 200,
  timeoutSeconds: 3,
  retrySchedule: "1,2,4,4,4,4,4,4,4,4",
  sweepEvery: 5,
  patienceSeconds: 90,
};

/** With another number of events at another pace, where they are given: for a machine that is slow or busy. */
export function planOf(isShort: boolean, { events, eventsASecond }: { events?: number; eventsASecond?: number }): Plan {
  const plan = isShort ? SHORT : FULL;
  const share = (events ?? plan.events) / plan.events;
  return {
    ...plan,
    warmUpEvents: Math.round(share * plan.warmUpEvents),
    aloneEvents: Math.round(share * plan.aloneEvents),
    events: events ?? plan.events,
    eventsASecond: eventsASecond ?? plan.eventsASecond,
  };
}

export interface Subscriber {
  temper: Temper;
  project: string;
  /** Unique; a part of the URL. */
  name: string;
}

export function projectName(number: number): string {
  return `project-${number}`;
}

export function healthySubscribers({ projects }: Plan): Subscriber[] {
  return subscribersOf(projects, HEALTHY_IN_A_PROJECT, () => "healthy");
}

/** Every temper in turn, so that each project has two of them beside its healthy ones. */
export function illSubscribers({ projects }: Plan): Subscriber[] {
  return subscribersOf(projects, ILL_IN_A_PROJECT, (number) => TEMPERS[number % TEMPERS.length] ?? "dead");
}

function subscribersOf(projects: number, inAProject: number, temperOf: (number: number) => Temper): Subscriber[] {
  return Array.from({ length: projects * inAProject }, (_, number) => {
    const temper = temperOf(number);
    return { temper, project: projectName(number % projects), name: `${temper}-${number}` };
  });
}
