import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import path from "node:path";
import { ROOT } from "./dev-vars.ts";

const WRANGLER = path.join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
const GRACE_MS = 5000;

// Nothing beyond loopback is asked for anything: no `cf` object, no metrics, no look for a newer wrangler (the banner does that).
const QUIET = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_WRITE_LOGS: "false",
};

/** For wrangler's own eyes: the shell's environment sets no variable of the service. */
export const FILES_ONLY = { CLOUDFLARE_INCLUDE_PROCESS_ENV: "false" };

export interface WranglerOptions {
  /** Where wrangler.toml lies; left out: this project. */
  cwd?: string | undefined;
  env?: Record<string, string>;
  onOutput: (text: string) => void;
}

export interface Wrangler {
  /** The exit code, once the process and whatever held its output have ended; 128 + n for signal n. */
  ended: Promise<number>;
  /** Ends it and all that it started. Resolves when they are gone. */
  stop(): Promise<void>;
  /** The same as a crash does it, without a word to them. */
  kill(): Promise<void>;
}

/** Runs wrangler in a process group of its own, so that no workerd outlives it. */
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
    // ESRCH: all of them are gone. macOS says EPERM where only zombies are left.
  }
}
