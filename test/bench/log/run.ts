import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../../scripts/dev-vars.ts";
import { newLogKey } from "../../../scripts/new-log-key.ts";
import { areMet, formatFigures, type Figure } from "../figures.ts";
import type { Measurement } from "../measure.ts";
import { median, medianRatio } from "../median.ts";
import { measureInRounds, type Series } from "../rounds.ts";
import { startRuntime, type BenchRuntime } from "../runtime.ts";
import { BATCH, HISTORY, SUBJECTS, type Job, type SubjectName } from "./plan.ts";

const STEP = 2_500;
const SLICE_MS = 200;
const VERIFIER = path.join(ROOT, "scripts", "verify", "verify-log.js");

/** Measures appending to the log, recording and its floor, the verifier, and a proof and its event, for `seconds`. */
export async function benchLog(seconds: number): Promise<void> {
  const until = Date.now() + 1000 * seconds;
  const key = newLogKey("bench.example/log");
  await using runtime = await startRuntime<Job>(import.meta.resolve("./worker.ts"), {
    vars: { LOG_KEY: key.privateKey, LOG_ACCESS: "public" },
  });
  const figures = [
    ...(await appendHistory(runtime)),
    await verifyLog(runtime.url, key.publicKey),
    ...(await measureRates(runtime, until)),
  ];
  console.log(`\nThe log, in one workerd with the service and its D1:\n\n${formatFigures(figures)}`);
  if (!areMet(figures)) process.exitCode = 1;
}

async function appendHistory(runtime: BenchRuntime<Job>): Promise<Figure[]> {
  await runtime.ask({ do: "insert", count: HISTORY });
  const before = await runtime.ask<number>({ do: "size" });
  const { milliseconds, roundTrips, rowsRead, rowsWritten } = await runtime.ask<Measurement>({ do: "append" });
  await runtime.ask({ do: "append" }); // publishes
  const bytes = ((await runtime.ask<number>({ do: "size" })) - before) / HISTORY;
  const steps = HISTORY / STEP;
  return [
    { name: "appending 100,000 events", measured: `${(milliseconds / 1000).toFixed(1)} s`, aim: "≤ 15 s" },
    { name: "  events per second", measured: `${Math.round((1000 * HISTORY) / milliseconds)}` },
    counted("  D1 round trips", roundTrips, 2 * steps + 1),
    counted("  rows written", rowsWritten, HISTORY / 256 + 8 * steps),
    counted("  rows read", rowsRead, 4 * HISTORY + 45 * steps),
    counted("  bytes on disk per event, without its opening", Math.round(bytes), 50),
  ];
}

/** Runs verify-log over the whole log, in another process. */
async function verifyLog(url: string, publicKey: string): Promise<Figure> {
  const startedAt = performance.now();
  await promisify(execFile)(process.execPath, [VERIFIER, "--url", url, "--key", publicKey]);
  const seconds = (performance.now() - startedAt) / 1000;
  return { name: "verify-log, entries a second", measured: `${Math.round(HISTORY / seconds)}` };
}

function counted(name: string, count: number, max: number): Figure {
  return { name, measured: `${count}`, aim: `≤ ${Math.round(max)}`, isMet: count <= max };
}

async function measureRates(runtime: BenchRuntime<Job>, until: number): Promise<Figure[]> {
  const series = SUBJECTS.map((subject): [SubjectName, Series] => [
    subject,
    { concurrency: 1, measure: (requests) => runtime.ask({ do: "measure", subject, requests }), perSecond: [] },
  ]);
  await measureInRounds(
    series.map(([, one]) => one),
    until,
    SLICE_MS,
  );
  const rates = new Map(series.map(([name, one]) => [name, one.perSecond]));
  const of = (name: SubjectName, floor: SubjectName, { aim, batch = BATCH }: Comparison = {}): Figure => {
    const [measured, ofFloor] = [rates.get(name) ?? [], rates.get(floor) ?? []];
    return {
      name: batch === 1 ? name : `${name}, ${batch} events`,
      measured: perSecond(batch, measured),
      floor: perSecond(batch, ofFloor),
      ratio: medianRatio(measured, ofFloor),
      ...(aim !== undefined && { aim }),
    };
  };
  return [
    of("recording", "bare batch"),
    of("recording with a log", "recording", { aim: "≥ 0.95" }),
    of("recording and appending", "recording"),
    of("its proof", "one event", { batch: 1 }),
  ];
}

interface Comparison {
  aim?: string;
  /** The number of events in a request. */
  batch?: number;
}

function perSecond(batch: number, rates: number[]): string {
  return `${Math.round(batch * median(rates))} per second`;
}
