import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { newLogKey } from "../../scripts/new-log-key.ts";
import { Failure, runScript } from "../../scripts/run-script.ts";
import { withLogTail } from "../kit/with-log-tail.ts";
import { print } from "../kit/output.ts";
import { testVariables } from "../kit/workspace.ts";
import { playCrashes } from "./story.ts";

// A lost attempt counts, so the schedule allows more attempts than there are kills.
const VARS = {
  RETRY_SCHEDULE: "1,1,1,1,1,1,1,1,1,1,1,1",
  DELIVERY_TIMEOUT_SECONDS: "2",
  LOG_KEY: newLogKey("localhost/log").privateKey,
};

await runScript(async (signal) => {
  const seed = parseSeed(process.argv.slice(2));
  print(`Seed ${seed}: npm run test:crash -- --seed ${seed} makes the same requests, and kills at the same points.`);
  const vars = testVariables(VARS);
  return withLogTail("The crash test", vars, signal, (onOutput) => playCrashes(vars, seed, onOutput, signal));
});

function parseSeed(args: string[]): number {
  const { values } = parseArgs({ args, options: { seed: { type: "string" } } });
  if (values.seed === undefined) return randomInt(1_000_000);
  if (!/^[0-9]{1,9}$/.test(values.seed)) throw new Failure(`--seed takes a whole number, not ${values.seed}.`);
  return Number(values.seed);
}
