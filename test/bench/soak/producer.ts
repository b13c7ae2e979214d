import { scheduler } from "node:timers/promises";
import { sampleEvents } from "../sample-events.ts";
import { projectName, type Plan } from "./plan.ts";
import type { Service } from "./service.ts";

/** Events of one request, in turn. */
const SIZES = [1, 2, 5, 8] as const;

/** What was recorded: when each event's recording was answered, by the event's number. */
export type Recorded = Map<number, number>;

export function projectOf(event: number, { projects }: Plan): string {
  return projectName(event % projects);
}

/** Records events at an even pace, whether or not the service keeps up. @throws where one could not be recorded. */
export async function recordSteadily(service: Service, plan: Plan, from: number, count: number): Promise<Recorded> {
  const recorded: Recorded = new Map();
  const startedAt = performance.now();
  const requests: Promise<void>[] = [];
  const record = async (numbers: number[]) => {
    await service.record(numbers.flatMap((number) => sampleEvents(number, 1, () => projectOf(number, plan))));
    for (const number of numbers) recorded.set(number, performance.now());
  };
  for (let sent = 0; sent < count;) {
    await scheduler.wait(Math.max(0, startedAt + (1000 * sent) / plan.eventsASecond - performance.now()));
    const size = Math.min(SIZES[requests.length % SIZES.length] ?? 1, count - sent);
    requests.push(record(Array.from({ length: size }, (_, index) => from + sent + index)));
    sent += size;
  }
  await Promise.all(requests);
  return recorded;
}
