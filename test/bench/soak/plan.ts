/** The behaviours of receivers before the cure. */
export const BEHAVIOURS = [
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
export type Behaviour = (typeof BEHAVIOURS)[number] | "healthy";

export interface Plan {
  projects: number;
  /** The number of events before the measurement. */
  warmUpEvents: number;
  /** The number of events while there are only healthy receivers. */
  aloneEvents: number;
  /** The number of events while there are receivers of all behaviours. */
  events: number;
  eventsPerSecond: number;
  /** The length of a receiver second. A slow receiver takes up to 14 of them to respond. */
  receiverSecondMs: number;
  timeoutSeconds: number;
  retrySchedule: string;
  /** The time between two sweeps, in seconds. */
  sweepEvery: number;
  /** How long the bench waits after the cure until all deliveries have arrived. */
  patienceSeconds: number;
}

const HEALTHY_PER_PROJECT = 3;
const FAULTY_PER_PROJECT = 2;

const FULL: Plan = {
  projects: 60,
  warmUpEvents: 1_000,
  aloneEvents: 4_000,
  events: 20_000,
  // If a batch has a hanging receiver, it takes at least half a second, and the local queue runs one batch at a time.
  eventsPerSecond: 40,
  receiverSecondMs: 1_000,
  timeoutSeconds: 15,
  retrySchedule: "5,10,20,30,30,30,30,30,30,30", // short, because the waits of the default schedule are hours
  sweepEvery: 60,
  patienceSeconds: 300,
};

const SHORT: Plan = {
  projects: 12,
  warmUpEvents: 200,
  aloneEvents: 200,
  events: 400,
  eventsPerSecond: 40,
  receiverSecondMs: 200,
  timeoutSeconds: 3,
  retrySchedule: "1,2,4,4,4,4,4,4,4,4",
  sweepEvery: 5,
  patienceSeconds: 90,
};

/** `events` and `eventsPerSecond` replace the numbers of the plan, for a slow or busy machine. */
export function planOf(
  isShort: boolean,
  { events, eventsPerSecond }: { events?: number; eventsPerSecond?: number },
): Plan {
  const plan = isShort ? SHORT : FULL;
  const share = (events ?? plan.events) / plan.events;
  return {
    ...plan,
    warmUpEvents: Math.round(share * plan.warmUpEvents),
    aloneEvents: Math.round(share * plan.aloneEvents),
    events: events ?? plan.events,
    eventsPerSecond: eventsPerSecond ?? plan.eventsPerSecond,
  };
}

export interface Subscriber {
  behaviour: Behaviour;
  project: string;
  /** A unique name, which is part of the URL. */
  name: string;
}

export function projectName(number: number): string {
  return `project-${number}`;
}

export function healthySubscribers({ projects }: Plan): Subscriber[] {
  return subscribersOf(projects, HEALTHY_PER_PROJECT, () => "healthy");
}

/** Uses all behaviours in turn. Each project has two of these receivers, in addition to its healthy ones. */
export function faultySubscribers({ projects }: Plan): Subscriber[] {
  return subscribersOf(projects, FAULTY_PER_PROJECT, (number) => BEHAVIOURS[number % BEHAVIOURS.length] ?? "dead");
}

function subscribersOf(
  projects: number,
  perProject: number,
  behaviourFor: (number: number) => Behaviour,
): Subscriber[] {
  return Array.from({ length: projects * perProject }, (_, number) => {
    const behaviour = behaviourFor(number);
    return { behaviour, project: projectName(number % projects), name: `${behaviour}-${number}` };
  });
}
