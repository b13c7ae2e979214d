import { setTimeout as delay } from "node:timers/promises";
import type { Entry } from "../kit/entry.ts";
import { count, secondsSince, print } from "../kit/output.ts";
import type { Dice } from "./seeded-random.ts";
import { until } from "./together.ts";
import { countTaken, isOver, type World } from "./world.ts";

const LONGEST_WAIT_MS = 300;
/** The maximum time from the sending of a request until the kill. It is about the time that a request takes. */
const LONGEST_FLIGHT_MS = 30;
const MOST_DELIVERIES = 200;

interface Killing {
  start: number;
  kills: number;
  dice: Dice;
}

/** Divides the recording into `kills` parts, and kills the service once in each part while a request is in progress. */
export async function killWhileRecording(
  world: World,
  { start, kills, events, dice }: Killing & { events: number },
  signal: AbortSignal,
): Promise<void> {
  const { ledger } = world;
  for (let part = 0; part < kills; part += 1) {
    const moment = Math.floor((part * events + dice.below(events)) / kills);
    await until(() => ledger.events >= moment, signal);
    await delay(dice.below(LONGEST_WAIT_MS), undefined, { signal });
    const sent = ledger.sent;
    await until(() => ledger.sent > sent || ledger.events === events, signal);
    await delay(dice.below(LONGEST_FLIGHT_MS), undefined, { signal });
    await kill(world, start);
  }
}

/** Kills the service up to `kills` times, each time after some more deliveries. Stops when no delivery is left. */
export async function killWhileDelivering(
  world: World,
  { start, kills, history, dice }: Killing & { history: Entry[] },
  signal: AbortSignal,
): Promise<void> {
  for (let left = kills; left > 0; left -= 1) {
    const moment = countTaken(world) + 1 + dice.below(MOST_DELIVERIES);
    await until(() => countTaken(world) >= moment || isOver(world, history), signal);
    if (isOver(world, history)) return;
    await delay(dice.below(LONGEST_WAIT_MS), undefined, { signal });
    await kill(world, start);
  }
}

async function kill(world: World, start: number): Promise<void> {
  const { service, ledger } = world;
  const so = `${count(ledger.events, "event")} recorded, ${countTaken(world)} deliveries taken`;
  print(`  kill ${service.kills + 1} after ${secondsSince(start)}: ${so}`);
  await service.crash();
}
