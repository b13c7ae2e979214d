import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Vars } from "../../scripts/dev-vars.ts";
import { Failure } from "../../scripts/run-script.ts";
import { Api, UnknownResult } from "../kit/api.ts";
import { auditor } from "../kit/auditor.ts";
import { check } from "../kit/check.ts";
import { makeWorkspace } from "../kit/workspace.ts";
import { runJudge } from "./go-judge.ts";

const EVENTS_A_REQUEST = 100;
/**
 * The sizes of the kept checkpoint and of the newest one. Both trees have at least one full tile and a partial tile.
 */
const KEPT = 300;
const ALL = 700;
const PROVEN = 257;
const WAIT_SECONDS = 30;

/** Starts a service, records events, keeps a checkpoint on the way, and has the judge check the log. */
export async function judgeFreshLog(
  publicKey: string,
  vars: Vars,
  onOutput: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), "tidings-judge-"));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const workspace = cleanup.use(await makeWorkspace(vars));
  const service = cleanup.use(await workspace.start({ jobEverySeconds: 10, onOutput, signal }));
  const api = new Api(service.url, vars, signal);
  await record(api, KEPT);
  const known = path.join(folder, "checkpoint");
  await writeFile(known, await awaitCheckpoint(api, KEPT));
  await record(api, ALL - KEPT);
  await awaitCheckpoint(api, ALL);
  const token = await api.tokenFor(auditor);
  const options = ["--url", api.url, "--token", token, "--key", publicKey, "--known", known, "--event", `${PROVEN}`];
  check((await runJudge(options, signal)) === 0, "Go's judge found a fault in the log.");
}

async function record(api: Api, count: number): Promise<void> {
  const events = Array.from({ length: EVENTS_A_REQUEST }, (_, number) => ({
    type: "ADD_BUILD",
    username: `user ${number}`,
    state_project: "webshop",
  }));
  for (let recorded = 0; recorded < count; recorded += EVENTS_A_REQUEST) {
    await api.asProducer("/internal/create-event", { method: "POST", body: JSON.stringify(events) });
  }
}

/** Waits for the checkpoint of a log with `size` entries. */
async function awaitCheckpoint(api: Api, size: number): Promise<string> {
  for (const deadline = Date.now() + WAIT_SECONDS * 1000; Date.now() < deadline;) {
    const note = await fetchCheckpoint(api);
    if (note.split("\n")[1] === `${size}`) return note;
    await delay(250, undefined, { signal: api.signal });
  }
  throw new Failure(`After ${WAIT_SECONDS} s, no checkpoint has ${size} entries.`);
}

/** Returns the newest checkpoint, or an empty text before the first one, when the service responds with a 503. */
async function fetchCheckpoint(api: Api): Promise<string> {
  try {
    return await (await api.asReader(auditor, "/log/checkpoint")).text();
  } catch (error) {
    if (error instanceof UnknownResult) return "";
    throw error;
  }
}
