import type { Vars } from "../../scripts/dev-vars.ts";
import { OutputTail } from "./output-tail.ts";

/** Runs a script. If it fails, prints the end of the service's output before the error. Returns the exit code. */
export async function withLogTail(
  what: string,
  vars: Vars,
  signal: AbortSignal,
  run: (onOutput: (text: string) => void) => Promise<void>,
): Promise<number> {
  const output = new OutputTail([vars["JWT_SECRET"], vars["INTERNAL_TOKEN"]]);
  try {
    await run(output.add);
    return 0;
  } catch (error) {
    if (!signal.aborted) console.error(`\nThe end of the service's output:\n${output.toString()}\n\n${what} failed:`);
    throw error;
  }
}
