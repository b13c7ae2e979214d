import { constants } from "node:os";

/** Why a script stops early, and the exit code that says so. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(reason: string, exitCode: number) {
    super(`Stopped: ${reason}.`);
    this.exitCode = exitCode;
  }
}

/** Aborts, with an `Interrupted`, when this process is told to end or nobody is left to read what it prints. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Stays in place: npm passes Ctrl-C on to a process that the terminal has told already.
    process.on(name, () => controller.abort(new Interrupted(name, 128 + constants.signals[name])));
  }
  process.stdout.on("error", () => controller.abort(new Interrupted("the output was closed", 1)));
  if (process.env["npm_lifecycle_event"] !== undefined) {
    watchParent(() => controller.abort(new Interrupted("npm is gone", 1)));
  }
  return controller.signal;
}

/** Some shells between npm and this process die of a signal without passing it on. */
function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 500);
  timer.unref();
}
