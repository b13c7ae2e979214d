import type { Vars } from "../../scripts/dev-vars.ts";
import { type ReaderClaims, signReaderToken } from "../../scripts/reader-token.ts";
import { Api } from "../kit/api.ts";
import { secondsSince, print } from "../kit/output.ts";
import { makeWorkspace } from "../kit/workspace.ts";
import { launchChromium } from "./chromium.ts";
import { recordHistory } from "./history.ts";
import { seeArrivals } from "./live-arrival.ts";
import { repairDeliveries } from "./repair-journey.ts";
import { readEvents, visitEmpty } from "./reading.ts";
import { readReference } from "./reference.ts";
import { steerStream } from "./streaming.ts";
import { verifyByHand } from "./verifying.ts";
import type { Stage } from "./visitor.ts";

interface StoryProps {
  vars: Vars;
  screenshots: string | undefined;
  onOutput: (text: string) => void;
  signal: AbortSignal;
}

/** User journeys through the console, in a real browser on a local service. Throws if a check fails. */
export async function playConsole({ vars, screenshots, onOutput, signal }: StoryProps): Promise<void> {
  const start = performance.now();
  await using workspace = await makeWorkspace(vars);
  await using service = await workspace.start({ jobEverySeconds: 60, onOutput, signal });
  await using browser = await launchChromium();
  print(`Chromium ${browser.version()} opens ${service.url} (${secondsSince(start)}).`);
  const tokenOf = (reader: ReaderClaims) => signReaderToken(vars, reader);
  const api = new Api(service.url, vars, signal);
  const stage: Stage = { browser, url: service.url, api, tokenOf, screenshots };
  await visitEmpty(stage);
  await seeArrivals(stage);
  await recordHistory(api);
  await readEvents(stage, {});
  await verifyByHand(stage);
  await readReference(stage);
  await repairDeliveries(stage);
  await steerStream(stage);
  print("Without JavaScript:");
  await readEvents(stage, { javaScriptEnabled: false });
  await verifyByHand(stage, { javaScriptEnabled: false });
  await repairDeliveries(stage, { javaScriptEnabled: false });
  await steerStream(stage, { javaScriptEnabled: false });
  print(`The console works (${secondsSince(start)}).`);
}
