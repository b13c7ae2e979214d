import { constants } from "node:os";

/** An error with an exit code of its own. */
export class Failure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Runs a script, and exits with the code that it returns. The signal aborts if this process is told to end, or if
 * nothing reads its output any more. The script then releases all that it holds, and fails.
 */
export async function runScript(script: (signal: AbortSignal) => Promise<number>): Promise<never> {
  const signal = interruption();
  try {
    process.exit(await script(signal));
  } catch (error) {
    const cause: unknown = signal.aborted ? signal.reason : error;
    console.error(cause instanceof Error ? cause.message : cause);
    process.exit(cause instanceof Failure ? cause.exitCode : 1);
  }
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  const stop = (why: string, exitCode: number) => controller.abort(new Failure(`Stopped: ${why}.`, exitCode));
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // The handler stays, because npm passes Ctrl-C to a process that has already received it from the terminal.
    process.on(name, () => stop(name, 128 + constants.signals[name]));
  }
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => stop("the output was closed", 1));
  if (process.env["npm_lifecycle_event"] !== undefined) watchParent(() => stop("npm is gone", 1));
  return controller.signal;
}

/**
 * Calls `onGone` when the parent process has ended. A signal may end the shell between npm and this process without
 * reaching this process.
 */
function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 500);
  timer.unref();
}
