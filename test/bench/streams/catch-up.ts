import path from "node:path";
import { scheduler } from "node:timers/promises";
import { ROOT } from "../../../scripts/dev-vars.ts";
import { signReaderToken } from "../../../scripts/reader-token.ts";
import { bundle } from "../bundle.ts";
import type { Receiver } from "../deliveries/receiver.ts";
import type { Figure } from "../figures.ts";
import { fill } from "../history/fill.ts";
import { pastEvent } from "../history/past-events.ts";
import { createDatabase, startWorkerd, type Site, type Workerd } from "../history/workerd.ts";
import { memoryFigures } from "../soak/memory-figures.ts";
import { sampleMemory } from "../soak/memory-samples.ts";
import { Ledger } from "./ledger.ts";

const GROUP = "operators";
const SAMPLE_EVERY_MS = 100;
/** The stream may pause for so long. */
const PATIENCE_MS = 60_000;

/** Runs the built Worker with its queues, and lets a new stream catch up a history of so many events. */
export async function measureCatchUp(opened: Site, receiver: Receiver, events: number): Promise<Figure[]> {
  const site = { ...opened, vars: { ...opened.vars, OPERATOR_GROUPS: GROUP, AUDITOR_GROUPS: GROUP } };
  const service = await bundle(site.folder, path.join(ROOT, "src", "index.ts"));
  const file = await createDatabase(service, site, "behind");
  await fill(file, events, (number) => pastEvent(number, events));
  await using workerd = await startWorkerd(
    service,
    site,
    { DB: "behind" },
    { consumesQueues: true, hasInspector: true },
  );
  const ledger = new Ledger(receiver);
  const startedAt = performance.now();
  await createStream(workerd, site, receiver.url);
  const sampling = sampleMemory(workerd, SAMPLE_EVERY_MS);
  await untilArrived(ledger, events);
  const seconds = (performance.now() - startedAt) / 1000;
  const samples = await sampling.stop();
  const inOrder = ledger.events - ledger.misplaced;
  return [
    {
      name: "events that arrived, in order",
      measured: `${inOrder} of ${events}`,
      aim: "all",
      isMet: inOrder === events,
    },
    { name: "  batches, and how many of them again", measured: `${ledger.batches}, ${ledger.repeats}` },
    { name: "time, while the heap is measured", measured: `${seconds.toFixed(1)} s` },
    { name: "  events per second", measured: `${Math.round(events / seconds)}` },
    ...memoryFigures(samples),
  ];
}

async function createStream({ url }: Workerd, { vars }: Site, destination: string): Promise<void> {
  const token = await signReaderToken({ JWT_SECRET: vars["JWT_SECRET"] }, { user: "olga", groups: [GROUP] });
  const signing_secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  const response = await fetch(new URL("/api/v1/events/streams/", url), {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({
      name: "bench",
      kind: "http",
      destination: { url: destination, signing_secret },
      after: "0",
    }),
  });
  if (!response.ok) throw new Error(`creating a stream responded with ${response.status}: ${await response.text()}`);
}

/** Ends when the newest event has arrived, or when none has arrived for a long time. */
async function untilArrived(ledger: Ledger, newest: number): Promise<void> {
  let [seen, seenAt] = [ledger.newest, Date.now()];
  while (ledger.newest < newest && Date.now() - seenAt < PATIENCE_MS) {
    await scheduler.wait(20);
    if (ledger.newest !== seen) [seen, seenAt] = [ledger.newest, Date.now()];
  }
}
