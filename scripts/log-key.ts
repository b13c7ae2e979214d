import { parseArgs } from "node:util";
import { newLogKey } from "./new-log-key.ts";

const USAGE = "Usage: npm run --silent log-key -- --origin NAME";

/** Prints a new private key (for LOG_KEY) and, on the next line, its public key (for verifiers). */
function printNewKey(args: string[]): void {
  const { values } = parseArgs({ args, options: { origin: { type: "string" } } });
  if (!values.origin)
    throw new Error("--origin NAME is missing. The name identifies the log, as in events.example.com/log.");
  const { privateKey, publicKey } = newLogKey(values.origin);
  console.log(`${privateKey}\n${publicKey}`);
}

try {
  printNewKey(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 1;
}
