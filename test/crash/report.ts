import type { Delivery } from "../../src/schemas/delivery.ts";
import type { Entry } from "../kit/entry.ts";
import { count, print } from "../kit/output.ts";
import { countTaken, type World } from "./world.ts";

export interface Aftermath {
  history: Entry[];
  deliveries: Delivery[];
  lostAttempts: number;
}

export function printReport(world: World, { history, deliveries, lostAttempts }: Aftermath): void {
  const { service, ledger } = world;
  const there = new Set(history.map(({ sent }) => sent.timestamp));
  const kept = ledger.givenUp.filter(({ events }) => events.some(({ timestamp }) => there.has(timestamp))).length;
  const duplicates = countTaken(world) - deliveries.length;
  print(`
  kills by SIGKILL     ${service.kills}, and ${count(service.restarts, "restart")} on the same state
  events               ${ledger.events} answered with 200 in ${count(ledger.answered.length, "request")}: none missing, none twice
  requests repeated    ${ledger.repeated}, ${count(ledger.repeats, "time")} in all
  requests given up    ${ledger.givenUp.length}: ${kept} there whole, ${ledger.givenUp.length - kept} not at all
  deliveries           ${deliveries.length}, each taken at least once, unaltered, under one webhook-id
  duplicates           ${duplicates} (${((100 * duplicates) / deliveries.length).toFixed(1)} %)
  attempts lost        ${lostAttempts}`);
}
