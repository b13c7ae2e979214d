import type { Delivery } from "../../src/schemas/delivery.ts";
import type { Entry } from "../../scripts/stage/entry.ts";
import { count, tell } from "../../scripts/stage/telling.ts";
import type { Ledger } from "./ledger.ts";
import type { MortalService } from "./mortal-service.ts";

export interface Account {
  service: MortalService;
  ledger: Ledger;
  history: Entry[];
  deliveries: Delivery[];
  /** Requests that the receiver took. */
  taken: number;
  lostAttempts: number;
}

export function tellAccount({ service, ledger, history, deliveries, taken, lostAttempts }: Account): void {
  const there = new Set(history.map(({ sent }) => sent.timestamp));
  const kept = ledger.givenUp.filter(({ events }) => events.some(({ timestamp }) => there.has(timestamp)));
  const duplicates = taken - deliveries.length;
  const share = ((100 * duplicates) / deliveries.length).toFixed(1);
  tell(`
  kills by SIGKILL     ${service.kills}, and ${count(service.restarts, "restart")} on the same state
  events               ${ledger.events} answered with 200 in ${count(ledger.answered.length, "request")}: none missing, none twice
  requests repeated    ${ledger.repeated}, by ${count(ledger.repeats, "repetition")}
  requests given up    ${ledger.givenUp.length}: ${kept.length} there whole, ${ledger.givenUp.length - kept.length} not at all
  deliveries           ${deliveries.length}, each taken at least once, unaltered, under one webhook-id
  duplicates           ${duplicates} (${share} %)
  attempts lost        ${lostAttempts}`);
}
