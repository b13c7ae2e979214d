import { scheduler } from "node:timers/promises";
import { sampleEvents } from "../sample-events.ts";
import { projectName, type Plan } from "./plan.ts";
import type { Service } from "./service.ts";

/** The numbers of events in a request. They are used in turn. */
const SIZES = [1, 2, 5, 8] as const;

/** When the response to the recording of each event arrived, by the event's number. */
export type Recorded = Map<number, number>;

export function projectFor(event: number, { projects }: Plan): string {
  return projectName(event % projects);
}

/** Records events at a constant rate, even if the service falls behind. @throws if an event could not be recorded. */
export async function recordSteadily(service: Service, plan: Plan, from: number, count: number): Promise<Recorded> {
  const recorded: Recorded = new Map();
  const startedAt = performance.now();
  const requests: Promise<void>[] = [];
  const record = async (numbers: number[]) => {
    await service.record(numbers.flatMap((number) => sampleEvents(number, 1, () => projectFor(number, plan))));
    for (const number of numbers) recorded.set(number, performance.now());
  };
  for (let sent = 0; sent < count;) {
    await scheduler.wait(Math.max(0, startedAt + (1000 * sent) / plan.eventsPerSecond - performance.now()));
    const size = Math.min(SIZES[requests.length % SIZES.length] ?? 1, count - sent);
    requests.push(record(Array.from({ length: size }, (_, index) => from + sent + index)));
    sent += size;
  }
  await Promise.all(requests);
  return recorded;
}
