import type { Vars } from "../../scripts/dev-vars.ts";
import { Api } from "../kit/api.ts";
import { startWebhookReceiver } from "../kit/receiver.ts";
import { subscribeAll } from "../kit/subscribing.ts";
import { count, secondsSince, print } from "../kit/output.ts";
import { makeWorkspace } from "../kit/workspace.ts";
import { checkAftermath } from "./aftermath.ts";
import { SUBSCRIBERS } from "./cast.ts";
import { readHistory } from "./check-events.ts";
import { Dice } from "./seeded-random.ts";
import { killWhileDelivering, killWhileRecording } from "./kills.ts";
import { Ledger } from "./ledger.ts";
import { MortalService } from "./restartable-service.ts";
import { recordAll } from "./recording.ts";
import { together } from "./together.ts";
import type { World } from "./world.ts";

const EVENTS = 1000;
const KILLS_WHILE_RECORDING = 6;
const KILLS_WHILE_DELIVERING = 3;

/** Kills the service several times. Throws if anything is wrong afterwards. */
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
  print(`\nNothing that was answered with 200 is missing (${secondsSince(start)}).`);
}

async function play(world: World, dice: Dice, signal: AbortSignal): Promise<void> {
  const { api, receiver, ledger } = world;
  const secrets = await subscribeAll(api, SUBSCRIBERS, ({ name }) => receiver.urlFor(name));
  for (const [name, secret] of secrets) receiver.trust(name, secret);

  print(`Recording ${count(EVENTS, "event")} for ${count(SUBSCRIBERS.length, "subscription")}:`);
  const start = performance.now();
  const [moments, choices] = [dice.another(), dice.another()];
  const killing = { start, kills: KILLS_WHILE_RECORDING, events: EVENTS, dice: moments };
  await together(signal, [
    (stopped) => recordAll(world, EVENTS, choices, stopped),
    (stopped) => killWhileRecording(world, killing, stopped),
  ]);
  const history = await readHistory(api, ledger);

  print("All is recorded; the rest is delivered, what the queue forgot when the sweep comes:");
  await killWhileDelivering(world, { start, kills: KILLS_WHILE_DELIVERING, history, dice: moments }, signal);
  await checkAftermath(world, history, signal);
}
