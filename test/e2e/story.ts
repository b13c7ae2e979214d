import type { Vars } from "../../scripts/dev-vars.ts";
import { type ReaderClaims, signReaderToken } from "../../scripts/reader-token.ts";
import { Api } from "../kit/api.ts";
import { secondsSince, tell } from "../kit/delivery-checks.ts";
import { makeWorkspace } from "../kit/workspace.ts";
import { launchChromium } from "./chromium.ts";
import { recordHistory } from "./history.ts";
import { seeArrivals } from "./live-arrival.ts";
import { mendDeliveries } from "./repair-journey.ts";
import { readEvents, visitEmpty } from "./reading.ts";
import { readReference } from "./reference.ts";
import type { Stage } from "./visitor.ts";

interface Play {
  vars: Vars;
  screenshots: string | undefined;
  onOutput: (text: string) => void;
  signal: AbortSignal;
}

/** People's ways through the console, in a real browser on the real local service. Throws where anything is amiss. */
export async function playConsole({ vars, screenshots, onOutput, signal }: Play): Promise<void> {
  const start = performance.now();
  await using workspace = await makeWorkspace(vars);
  await using service = await workspace.start({ jobEverySeconds: 60, onOutput, signal });
  await using browser = await launchChromium();
  tell(`Chromium ${browser.version()} opens ${service.url} (${secondsSince(start)}).`);
  const tokenOf = (reader: ReaderClaims) => signReaderToken(vars, reader);
  const api = new Api(service.url, vars, signal);
  const stage: Stage = { browser, url: service.url, api, tokenOf, screenshots };
  await visitEmpty(stage);
  await seeArrivals(stage);
  await recordHistory(api);
  await readEvents(stage, {});
  await readReference(stage);
  await mendDeliveries(stage);
  tell("The same without JavaScript:");
  await readEvents(stage, { javaScriptEnabled: false });
  await mendDeliveries(stage, { javaScriptEnabled: false });
  tell(`The console does what it should (${secondsSince(start)}).`);
}
