import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import { ROOT } from "./dev-vars.ts";
import { Failure } from "./run-script.ts";
import { isListening } from "./ports.ts";
import { spawnWrangler, type Wrangler, type WranglerOptions } from "./wrangler.ts";

const START_SECONDS = 60;

const Misconfigured = z.object({ type: z.literal("urn:tidings:problem:misconfigured"), detail: z.string() });

export interface DevServerOptions {
  host: string;
  port: number;
  /** The folder of D1's state. By default wrangler's own. */
  persistTo?: string | undefined;
  /**
   * The folders of wrangler.toml and of temporary files. By default this project, and the system's temporary folder.
   */
  project?: { root: string; temporary: string } | undefined;
  /** More flags for `wrangler dev`. */
  flags: string[];
  /** Seconds between runs of the scheduled job. `wrangler dev` never runs it. */
  jobEverySeconds: number;
  onOutput: (text: string) => void;
  signal: AbortSignal;
}

export interface DevServer extends AsyncDisposable {
  url: string;
  /** The fault of the configuration that `/health` names, if there is one. */
  configurationFault: string | undefined;
  /** The dev server's exit code. */
  ended: Promise<number>;
  /** Ends the process as a crash does. Resolves when its port is free again. */
  kill(): Promise<void>;
}

/**
 * Applies the migrations and starts the service. Resolves when it is healthy, or when `/health` names a wrong variable.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { host, port, signal } = options;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  if (await isListening(host, port)) {
    throw new Error(
      `Port ${port} is taken: another process listens at ${url}. Stop it, or choose another with --port.`,
    );
  }
  const state = persistFlags(options);
  await migrate(state, options);
  const args = ["dev", "--port", String(port), "--show-interactive-dev-session=false", ...state, ...options.flags];
  const wrangler = spawnWrangler(args, wranglerOptions(options));
  let configurationFault: string | undefined;
  try {
    configurationFault = await Promise.race([waitUntilHealthy(url, signal), failWhenEnded(wrangler)]);
  } catch (error) {
    await wrangler.stop();
    throw error;
  }
  const job = setInterval(() => void runScheduledJob(url, options.onOutput), options.jobEverySeconds * 1000);
  return {
    url,
    configurationFault,
    ended: wrangler.ended,
    async kill() {
      clearInterval(job);
      await wrangler.kill();
      while (await isListening(host, port)) await delay(20, undefined, { signal });
    },
    async [Symbol.asyncDispose]() {
      clearInterval(job);
      await wrangler.stop();
    },
  };
}

async function migrate(state: string[], options: DevServerOptions): Promise<void> {
  const { signal } = options;
  const wrangler = spawnWrangler(["d1", "migrations", "apply", "DB", "--local", ...state], wranglerOptions(options));
  const stop = () => void wrangler.stop();
  signal.addEventListener("abort", stop);
  const exitCode = await wrangler.ended.finally(() => signal.removeEventListener("abort", stop));
  signal.throwIfAborted();
  if (exitCode !== 0) throw endedWith(exitCode, "d1 migrations apply");
}

function wranglerOptions(options: DevServerOptions): WranglerOptions {
  const { project, onOutput } = options;
  const temporary: Record<string, string> = project ? { TMPDIR: project.temporary, TEMP: project.temporary } : {};
  return { cwd: project?.root, env: { ...registryVariables(options), ...temporary }, onOutput };
}

function persistFlags({ persistTo }: DevServerOptions): string[] {
  return persistTo === undefined ? [] : ["--persist-to", path.resolve(persistTo)];
}

/** Dev servers that share a registry take messages from each other's queues, so each state has its own registry. */
function registryVariables({ persistTo }: DevServerOptions): Record<string, string> {
  const state = persistTo === undefined ? path.join(ROOT, ".wrangler", "state") : path.resolve(persistTo);
  return { WRANGLER_REGISTRY_PATH: path.join(state, "registry") };
}

async function failWhenEnded({ ended }: Wrangler): Promise<never> {
  throw endedWith(await ended, "dev");
}

function endedWith(exitCode: number, command: string): Failure {
  return new Failure(`wrangler ${command} ended with exit code ${exitCode}.`, exitCode);
}

/**
 * Resolves when the service is healthy. Also resolves with a fault of the configuration, because waiting does not help
 * then.
 */
async function waitUntilHealthy(url: string, signal: AbortSignal): Promise<string | undefined> {
  const deadline = Date.now() + START_SECONDS * 1000;
  let last = "no response";
  while (Date.now() < deadline) {
    await delay(250, undefined, { signal });
    try {
      const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) });
      if (response.status === 200) return undefined;
      const problem = z.safeParse(Misconfigured, await response.json());
      if (problem.success) return problem.data.detail;
      last = `status ${response.status}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Error(`The service was not healthy after ${START_SECONDS} s: GET ${url}/health gave ${last}.`);
}

async function runScheduledJob(url: string, onOutput: (text: string) => void): Promise<void> {
  try {
    const response = await fetch(`${url}/cdn-cgi/handler/scheduled`, { signal: AbortSignal.timeout(50_000) });
    if (!response.ok) onOutput(`The scheduled job responded with ${response.status}.\n`);
    await response.body?.cancel();
  } catch (error) {
    onOutput(`The scheduled job could not be called: ${String(error)}\n`);
  }
}
