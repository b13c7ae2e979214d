import type { Api } from "../kit/api.ts";
import type { Entry } from "../kit/entry.ts";
import type { WebhookReceiver } from "../kit/receiver.ts";
import { findMissing, acceptedEventIds } from "../kit/delivery-checks.ts";
import { SUBSCRIBERS } from "./cast.ts";
import type { Ledger } from "./ledger.ts";
import type { MortalService } from "./restartable-service.ts";

/** Since the last kill. A lost hint is swept after 2 minutes, a lease runs out after 30 s. */
export const PATIENCE_SECONDS = 200;

/** The service, and all around it that does not die. */
export interface World {
  api: Api;
  service: MortalService;
  receiver: WebhookReceiver;
  ledger: Ledger;
}

/** Deliveries that the receiver took, duplicates too. */
export function countTaken({ receiver }: World): number {
  return SUBSCRIBERS.reduce((sum, { name }) => sum + receiver.attemptsFor(name).length, 0);
}

export function stillMissing({ receiver }: World, history: Entry[]): { name: string; ids: string[] }[] {
  return findMissing(SUBSCRIBERS, history, ({ name }) => acceptedEventIds(receiver.attemptsFor(name)));
}

/** Nothing is findMissing any more, or it will not come. */
export function isOver(world: World, history: Entry[]): boolean {
  return stillMissing(world, history).length === 0 || isLate(world);
}

export function isLate({ service }: World): boolean {
  return Date.now() > service.killedAt + PATIENCE_SECONDS * 1000;
}
