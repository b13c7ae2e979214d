import { isDeepStrictEqual } from "node:util";
import { setTimeout as delay } from "node:timers/promises";
import type { Vars } from "../../scripts/dev-vars.ts";
import { Api } from "../../scripts/stage/api.ts";
import { check } from "../../scripts/stage/check.ts";
import type { Entry } from "../../scripts/stage/entry.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../../scripts/stage/receiver.ts";
import { subscribeAll } from "../../scripts/stage/subscribing.ts";
import { count, listed, secondsSince, tell } from "../../scripts/stage/telling.ts";
import { checkBodies, checkNotToldMore, missing, takenIn } from "../../scripts/stage/told.ts";
import { makeWorkspace } from "../../scripts/stage/workspace.ts";
import { SUBSCRIBERS } from "./cast.ts";
import { readHistory } from "./check-events.ts";
import { countLostAttempts, readDelivered, undelivered } from "./deliveries.ts";
import { Dice } from "./dice.ts";
import { killWhileDelivering, killWhileRecording } from "./kills.ts";
import { Ledger } from "./ledger.ts";
import { MortalService } from "./mortal-service.ts";
import { recordAll } from "./recording.ts";
import { tellAccount } from "./report.ts";
import { together } from "./together.ts";

const EVENTS = 1000;
const KILLS_WHILE_RECORDING = 6;
const KILLS_WHILE_DELIVERING = 3;
/** After the last kill: a lost hint is swept after 2 minutes, a lease runs out after 30 s. */
const PATIENCE_SECONDS = 200;
/** How long nothing may come any more once everything is there: time for what should not come. */
const QUIET_MS = 1500;

interface World {
  api: Api;
  service: MortalService;
  receiver: WebhookReceiver;
  ledger: Ledger;
}

/** Kills the service again and again, and throws where anything is not as it should be afterwards. */
export async function playCrashes(
  vars: Vars,
  seed: number,
  onOutput: (text: string) => void,
  outer: AbortSignal,
): Promise<void> {
  const start = performance.now();
  await using workspace = await makeWorkspace(vars);
  await using service = new MortalService(workspace, onOutput, outer);
  await using receiver = await startWebhookReceiver();
  await together(service.signal, [
    async (signal) => {
      const api = new Api(await service.whenUp(), vars, signal);
      await play({ api, service, receiver, ledger: new Ledger() }, new Dice(seed), signal);
    },
  ]);
  tell(`\nNothing that was answered with 200 is missing (${secondsSince(start)}).`);
}

async function play(world: World, dice: Dice, signal: AbortSignal): Promise<void> {
  const { api, service, receiver, ledger } = world;
  const secrets = await subscribeAll(api, SUBSCRIBERS, ({ name }) => receiver.urlFor(name));
  for (const [name, secret] of secrets) receiver.trust(name, secret);
  tell(`Recording ${count(EVENTS, "event")} for ${count(SUBSCRIBERS.length, "subscription")}:`);
  const progress = {
    start: performance.now(),
    service,
    sent: () => ledger.sent,
    recorded: () => ledger.events,
    arrived: () => arrivals(receiver),
  };
  const [moments, choices] = [dice.another(), dice.another()];
  const killing = { kills: KILLS_WHILE_RECORDING, events: EVENTS, dice: moments };
  await together(signal, [
    (stopped) => recordAll(world, EVENTS, choices, stopped),
    (stopped) => killWhileRecording(progress, killing, stopped),
  ]);
  const history = await readHistory(api, ledger);
  tell("All is recorded; delivering the rest, some of it when the sweep comes:");
  const isOver = () => stillMissing(receiver, history).length === 0;
  await killWhileDelivering(progress, { kills: KILLS_WHILE_DELIVERING, isOver, dice: moments }, signal);
  await untilDelivered(world, history, signal);
  await checkAll(world, history);
}

async function untilDelivered({ api, receiver }: World, history: Entry[], signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + PATIENCE_SECONDS * 1000;
  while (Date.now() < deadline && receiver.faults.length === 0) {
    if (stillMissing(receiver, history).length === 0 && (await undelivered(api)).length === 0) break;
    await delay(1000, undefined, { signal });
  }
  await delay(QUIET_MS, undefined, { signal });
}

async function checkAll({ api, service, receiver, ledger }: World, history: Entry[]): Promise<void> {
  check(receiver.faults.length === 0, receiver.faults[0] ?? "");
  const late = stillMissing(receiver, history).map(({ name, ids }) => `${name} was not told of ${listed(ids)}`);
  const complaints = [...late, ...(await undelivered(api))];
  check(complaints.length === 0, `${PATIENCE_SECONDS} s after the last kill: ${complaints.join("; ")}.`);
  for (const subscriber of SUBSCRIBERS) {
    const attempts = receiver.attemptsOf(subscriber.name);
    checkNotToldMore(subscriber, takenIn(attempts), history);
    checkBodies(subscriber, attempts, history);
  }
  check(isDeepStrictEqual(await readHistory(api, ledger), history), "What was recorded changed after the last kill.");
  const deliveries = await readDelivered(api, history);
  const lostAttempts = await countLostAttempts(api, deliveries);
  tellAccount({ service, ledger, history, deliveries, taken: arrivals(receiver), lostAttempts });
}

function stillMissing(receiver: WebhookReceiver, history: Entry[]) {
  return missing(SUBSCRIBERS, history, ({ name }) => takenIn(receiver.attemptsOf(name)));
}

function arrivals(receiver: WebhookReceiver): number {
  return SUBSCRIBERS.reduce((sum, { name }) => sum + receiver.attemptsOf(name).length, 0);
}
