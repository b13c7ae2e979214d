import type { DevServer } from "../../scripts/dev-server.ts";
import { Failure } from "../../scripts/run-script.ts";
import type { Workspace } from "../kit/workspace.ts";

/**
 * The time between two runs of the scheduled job. `wrangler dev` never runs this job. In production, it runs every
 * minute.
 */
const JOB_EVERY_SECONDS = 5;

/** A service in the real local runtime that can be killed. It is then started again on the same state. */
export class MortalService implements AsyncDisposable {
  kills = 0;
  restarts = 0;
  killedAt = 0;
  /** Aborts when the script ends, and when the service ends by itself. */
  readonly signal: AbortSignal;
  readonly #workspace: Workspace;
  readonly #onOutput: (text: string) => void;
  readonly #collapse = new AbortController();
  #running: Promise<DevServer>;

  constructor(workspace: Workspace, onOutput: (text: string) => void, signal: AbortSignal) {
    this.#workspace = workspace;
    this.#onOutput = onOutput;
    this.signal = AbortSignal.any([signal, this.#collapse.signal]);
    this.#running = this.#start();
  }

  /** Resolves to the URL of the service, when the service is running. */
  async whenUp(): Promise<string> {
    return (await this.#running).url;
  }

  /** Kills wrangler and workerd with SIGKILL, and starts the service again. */
  async crash(): Promise<void> {
    const server = await this.#running;
    this.kills += 1;
    this.killedAt = Date.now();
    this.#running = server.kill().then(() => this.#start());
    await this.#running;
    this.restarts += 1;
  }

  async #start(): Promise<DevServer> {
    this.signal.throwIfAborted();
    const kills = this.kills;
    const server = await this.#workspace.start({
      jobEverySeconds: JOB_EVERY_SECONDS,
      onOutput: this.#onOutput,
      signal: this.signal,
    });
    void this.#watch(server, kills);
    return server;
  }

  async #watch({ ended }: DevServer, kills: number): Promise<void> {
    const exitCode = await ended;
    if (this.kills === kills) this.#collapse.abort(new Failure(`The service ended with exit code ${exitCode}.`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [running] = await Promise.allSettled([this.#running]);
    if (running.status === "fulfilled") await running.value[Symbol.asyncDispose]();
  }
}
