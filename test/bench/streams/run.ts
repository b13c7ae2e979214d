import { fileURLToPath } from "node:url";
import { bundle } from "../bundle.ts";
import { startReceiver } from "../deliveries/receiver.ts";
import { areMet, formatFigures, type Figure } from "../figures.ts";
import { fill } from "../history/fill.ts";
import { pastEvent } from "../history/past-events.ts";
import { openSite } from "../history/site.ts";
import { createDatabase, startWorkerd } from "../history/workerd.ts";
import { measureCatchUp } from "./catch-up.ts";
import { RUN, type Job } from "./plan.ts";
import { measureCost, measureRate, type Ask } from "./rate.ts";

/** Measures a stream to a receiver on a loopback address. If `behind` is 0, no stream catches up a long history. */
export async function benchStreams(seconds: number, behind: number): Promise<void> {
  using receiver = await startReceiver();
  using opened = await openSite(RUN + behind);
  const site = { folder: opened.folder, vars: { ...opened.vars, ALLOW_LOCAL_DESTINATIONS: "true" } };
  const built = await bundle(site.folder, fileURLToPath(import.meta.resolve("./worker.ts")));
  const file = await createDatabase(built, site, "streams");
  await fill(file, RUN, (number) => pastEvent(number, RUN));
  console.log("\nOne workerd process runs the service and its D1. The receiver is on a loopback address.");
  {
    await using workerd = await startWorkerd(built, site, { DB: "streams" });
    const ask: Ask = (job) => askWorker(workerd.url, job);
    const { id } = await ask<"open">({ do: "open", url: receiver.url });
    const bench = { ask, receiver, id };
    report("A stream, one request at a time", await measureRate(bench, seconds));
    report("Cost", await measureCost(bench));
  }
  if (behind === 0) return;
  const name = `The built Worker with its queues, and a new stream that is ${behind.toLocaleString("en")} events behind`;
  report(name, await measureCatchUp(site, receiver, behind));
}

function report(title: string, figures: Figure[]): void {
  console.log(`\n${title}:\n\n${formatFigures(figures)}`);
  if (!areMet(figures)) process.exitCode = 1;
}

async function askWorker<Answer>(url: URL, job: Job): Promise<Answer> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(job) });
  if (!response.ok) throw new Error(`${JSON.stringify(job)} failed: ${await response.text()}`);
  return (await response.json()) as Answer;
}
