import type { Vars } from "../../scripts/dev-vars.ts";
import { OutputTail } from "./output-tail.ts";

/** Runs a play; where it fails, what the service printed last comes before the complaint. Answers the exit code. */
export async function withLastWords(
  what: string,
  vars: Vars,
  signal: AbortSignal,
  play: (onOutput: (text: string) => void) => Promise<void>,
): Promise<number> {
  const output = new OutputTail([vars["JWT_SECRET"], vars["INTERNAL_TOKEN"]]);
  try {
    await play(output.add);
    return 0;
  } catch (error) {
    if (!signal.aborted) console.error(`\nThe service's last words:\n${output.toString()}\n\n${what} failed:`);
    throw error;
  }
}
