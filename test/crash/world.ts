import type { Api } from "../kit/api.ts";
import type { Entry } from "../kit/entry.ts";
import type { WebhookReceiver } from "../kit/receiver.ts";
import { findMissing, acceptedEventIds } from "../kit/delivery-checks.ts";
import { SUBSCRIBERS } from "./cast.ts";
import type { Ledger } from "./ledger.ts";
import type { MortalService } from "./restartable-service.ts";

/**
 * The maximum time from the last kill until everything has arrived. The sweep replaces a lost hint after 2 minutes, and
 * a lease ends after 30 s.
 */
export const PATIENCE_SECONDS = 200;

/** The service, and everything around it that is never killed. */
export interface World {
  api: Api;
  service: MortalService;
  receiver: WebhookReceiver;
  ledger: Ledger;
}

/** Returns the number of requests that the receiver got, including duplicates. */
export function countTaken({ receiver }: World): number {
  return SUBSCRIBERS.reduce((sum, { name }) => sum + receiver.attemptsFor(name).length, 0);
}

export function stillMissing({ receiver }: World, history: Entry[]): { name: string; ids: string[] }[] {
  return findMissing(SUBSCRIBERS, history, ({ name }) => acceptedEventIds(receiver.attemptsFor(name)));
}

/** True if all deliveries have arrived, or if the time for them is over. */
export function isOver(world: World, history: Entry[]): boolean {
  return stillMissing(world, history).length === 0 || isLate(world);
}

export function isLate({ service }: World): boolean {
  return Date.now() > service.killedAt + PATIENCE_SECONDS * 1000;
}
