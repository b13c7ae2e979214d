import { constants } from "node:os";

/** A refusal that carries its own exit code. */
export class Failure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Runs a script to its end and exits with the code that it returns. Its signal aborts when this process is told to end,
 * or nobody is left to read what it prints: the script then lets go of all it holds, and fails.
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
    // Stays in place: npm passes Ctrl-C on to a process that the terminal has told already.
    process.on(name, () => stop(name, 128 + constants.signals[name]));
  }
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => stop("the output was closed", 1));
  if (process.env["npm_lifecycle_event"] !== undefined) watchParent(() => stop("npm is gone", 1));
  return controller.signal;
}

/** The shell between npm and this process may die of a signal without passing it on. */
function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 500);
  timer.unref();
}
