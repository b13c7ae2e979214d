import { setTimeout as delay } from "node:timers/promises";
import { count, secondsSince, tell } from "../../scripts/stage/telling.ts";
import type { Dice } from "./dice.ts";
import type { MortalService } from "./mortal-service.ts";
import { until } from "./together.ts";

const LONGEST_WAIT_MS = 300;
/** After a request went out: about as long as it takes. */
const LONGEST_FLIGHT_MS = 30;
const MOST_ARRIVALS = 200;

/** What the killer sees of the world. */
export interface Progress {
  start: number;
  service: MortalService;
  /** Requests that went out. */
  sent: () => number;
  recorded: () => number;
  arrived: () => number;
}

/** One kill somewhere in each of `kills` parts of the recording, while a request is on its way. */
export async function killWhileRecording(
  progress: Progress,
  { kills, events, dice }: { kills: number; events: number; dice: Dice },
  signal: AbortSignal,
): Promise<void> {
  for (let part = 0; part < kills; part += 1) {
    const moment = Math.floor((part * events + dice.below(events)) / kills);
    await until(() => progress.recorded() >= moment, signal);
    await delay(dice.below(LONGEST_WAIT_MS), undefined, { signal });
    const sent = progress.sent();
    await until(() => progress.sent() > sent || progress.recorded() === events, signal);
    await delay(dice.below(LONGEST_FLIGHT_MS), undefined, { signal });
    await kill(progress);
  }
}

/** Each kill some deliveries after the one before, while there are any. */
export async function killWhileDelivering(
  progress: Progress,
  { kills, isOver, dice }: { kills: number; isOver: () => boolean; dice: Dice },
  signal: AbortSignal,
): Promise<void> {
  for (let left = kills; left > 0; left -= 1) {
    const moment = progress.arrived() + 1 + dice.below(MOST_ARRIVALS);
    await until(() => progress.arrived() >= moment || isOver(), signal);
    if (isOver()) return;
    await delay(dice.below(LONGEST_WAIT_MS), undefined, { signal });
    await kill(progress);
  }
}

async function kill({ start, service, recorded, arrived }: Progress): Promise<void> {
  tell(
    `  kill ${service.kills + 1} after ${secondsSince(start)}: ${count(recorded(), "event")} recorded, ${arrived()} deliveries taken`,
  );
  await service.crash();
}
