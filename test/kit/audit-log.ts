import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { ROOT } from "../../scripts/dev-vars.ts";
import { Failure } from "../../scripts/run-script.ts";
import type { Api } from "./api.ts";
import { auditor } from "./auditor.ts";
import { check } from "./check.ts";

/** The sweep appends what a lost hint was for. */
const WAIT_SECONDS = 90;
const run = promisify(execFile);

/**
 * Does the work of an outside auditor. Downloads the events with their openings, and verifies that they are exactly the
 * entries of the log, and that the log extends each checkpoint in `kept`. Returns the verifier's last report.
 */
export async function auditLog(api: Api, events: number, kept: readonly string[]): Promise<string> {
  const key = (await (await api.asReader(auditor, "/log/key")).text()).trim();
  const lines = await downloadLogged(api, events);
  const folder = await mkdtemp(path.join(tmpdir(), "tidings-audit-"));
  try {
    const [eventFile, checkpointFile] = [path.join(folder, "events.ndjson"), path.join(folder, "checkpoint.txt")];
    await writeFile(eventFile, lines);
    const options = ["--key", key, "--events", eventFile, "--complete"];
    let report = kept.length === 0 ? await verifyLog(api, options) : "";
    for (const checkpoint of kept) {
      await writeFile(checkpointFile, checkpoint);
      report = await verifyLog(api, [...options, "--known", checkpointFile]);
    }
    check(report.includes(` has ${events} entries `), `The log does not have ${events} entries.`);
    return report.trimEnd().replaceAll(`${folder}/`, "");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Waits until every event has its entry in the log, which takes a few seconds, or until the next sweep. */
async function downloadLogged(api: Api, events: number): Promise<string> {
  const headers = { Accept: "application/x-ndjson; openings=1" };
  for (const deadline = Date.now() + WAIT_SECONDS * 1000; Date.now() < deadline;) {
    const lines = await (await api.asReader(auditor, "/api/v1/events/query/", { headers })).text();
    if (lines.split("\n").length - 1 === events && !lines.includes('{"index":null')) return lines;
    await delay(250, undefined, { signal: api.signal });
  }
  throw new Failure(`After ${WAIT_SECONDS} s, not every event is in the log.`);
}

async function verifyLog(api: Api, options: string[]): Promise<string> {
  const program = path.join(ROOT, "scripts/verify/verify-log.js");
  const args = ["--url", api.url, ...options];
  const env = { ...process.env, TIDINGS_TOKEN: await api.tokenFor(auditor) };
  try {
    return (await run(process.execPath, [program, ...args], { env, signal: api.signal })).stdout;
  } catch (error) {
    throw new Failure(`verify-log found a fault: ${error instanceof Error ? error.message : String(error)}`);
  }
}
