import { setTimeout as delay } from "node:timers/promises";
import { type Api, UnknownResult } from "../kit/api.ts";
import type { Dice } from "./seeded-random.ts";
import { type ProducerRequest, ProducerRequests } from "./producer-requests.ts";
import { together } from "./together.ts";
import type { World } from "./world.ts";

const PRODUCERS = 4;
/**
 * The maximum number of requests that a producer sends at the same time. The producer then pauses, so that deliveries
 * run.
 */
const MOST_AT_ONCE = 6;
const LONGEST_PAUSE_MS = 2000;
const REPEAT_AFTER_MS = 50;

/** Lets several producers record, until `events` events have been recorded with a 200. */
export async function recordAll(world: World, events: number, dice: Dice, signal: AbortSignal): Promise<void> {
  const requests = new ProducerRequests(dice.another(), events);
  const recordOne = async (request: ProducerRequest, stopped: AbortSignal) => {
    const isAnswered = await record(world, request, stopped);
    if (!isAnswered) requests.replace(request);
  };
  const produce = async (choices: Dice, stopped: AbortSignal) => {
    for (;;) {
      const atOnce = requests.next(1 + choices.below(MOST_AT_ONCE));
      if (atOnce.length === 0) return;
      await together(
        stopped,
        atOnce.map((request) => (signalOfAll) => recordOne(request, signalOfAll)),
      );
      await delay(choices.below(LONGEST_PAUSE_MS), undefined, { signal: stopped });
    }
  };
  const producers = Array.from({ length: PRODUCERS }, () => dice.another());
  await together(
    signal,
    producers.map((choices) => (stopped) => produce(choices, stopped)),
  );
}

async function record({ api, service, ledger }: World, request: ProducerRequest, signal: AbortSignal) {
  for (let isFirst = true; ; isFirst = false) {
    await service.whenUp();
    signal.throwIfAborted();
    ledger.sent += 1;
    const location = await send(api, request);
    if (location !== undefined) {
      ledger.answered.push({ request, location });
      return true;
    }
    if (!request.isRepeated) {
      ledger.givenUp.push(request);
      return false;
    }
    if (isFirst) ledger.repeated += 1;
    ledger.repeats += 1;
    await delay(REPEAT_AFTER_MS, undefined, { signal });
  }
}

/** Returns the `Location` of the response; null if it has none, and undefined if there was no response. */
async function send(api: Api, { key, events }: ProducerRequest): Promise<string | null | undefined> {
  const body = JSON.stringify(events.length === 1 ? events[0] : events);
  try {
    const headers = { "Idempotency-Key": `"${key}"` };
    const response = await api.asProducer("/internal/create-event", { method: "POST", headers, body });
    return response.headers.get("Location");
  } catch (error) {
    if (error instanceof UnknownResult) return undefined;
    throw error;
  }
}
