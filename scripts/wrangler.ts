import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import path from "node:path";
import { ROOT } from "./dev-vars.ts";

const WRANGLER = path.join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
const GRACE_MS = 5000;

// Keeps wrangler from the network: no `cf` object, no metrics, no check for a newer version (which the banner does).
const QUIET = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_WRITE_LOGS: "false",
};

/** For wrangler: variables of the shell do not become variables of the service. */
export const FILES_ONLY = { CLOUDFLARE_INCLUDE_PROCESS_ENV: "false" };

export interface WranglerOptions {
  /** The folder of wrangler.toml. By default this project. */
  cwd?: string | undefined;
  env?: Record<string, string>;
  onOutput: (text: string) => void;
}

export interface Wrangler {
  /**
   * The exit code, when the process and all processes that hold its output have ended. After signal n it is 128 + n.
   */
  ended: Promise<number>;
  /** Ends wrangler and all processes that it started. Resolves when they have ended. */
  stop(): Promise<void>;
  /** Kills the same processes at once, as a crash does. */
  kill(): Promise<void>;
}

/** Runs wrangler in a process group of its own, so that no workerd is left when it ends. */
export function spawnWrangler(args: string[], { cwd = ROOT, env, onOutput }: WranglerOptions): Wrangler {
  const child = spawn(process.execPath, [WRANGLER, ...args], {
    cwd,
    detached: process.platform !== "win32",
    env: { ...process.env, ...QUIET, ...FILES_ONLY, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", onOutput);

  const killAll = () => signalGroup(child, "SIGKILL");
  process.once("exit", killAll);
  const ended = exitCodeOf(child).finally(() => {
    killAll();
    process.off("exit", killAll);
  });
  return {
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) signalGroup(child, "SIGTERM");
      const impatience = setTimeout(killAll, GRACE_MS);
      await ended.finally(() => clearTimeout(impatience));
    },
    async kill() {
      killAll();
      await ended;
    },
  };
}

function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

function signalGroup({ pid }: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (pid === undefined) return;
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"]);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: all processes have ended. macOS returns EPERM if only zombies are left.
  }
}
