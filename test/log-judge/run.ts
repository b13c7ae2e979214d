import { newLogKey } from "../../scripts/new-log-key.ts";
import { runScript } from "../../scripts/run-script.ts";
import { withLogTail } from "../kit/with-log-tail.ts";
import { testVariables } from "../kit/workspace.ts";
import { judgeFreshLog } from "./fresh-log.ts";
import { runJudge } from "./go-judge.ts";

// npm run test:log-judge [-- --url URL [--token TOKEN] [--key VKEY] [--known FILE] [--event ID] [--witness VKEY]]
// Checks the log of a running service with Go's own verifier. Without a URL, starts a service with 700 events and
// checks its log. Debian: apt-get install golang-go golang-golang-x-mod-dev

await runScript(async (signal) => {
  const options = process.argv.slice(2);
  if (options.length > 0) return runJudge(options, signal);
  const key = newLogKey("judged.example/log");
  const vars = testVariables({ LOG_KEY: key.privateKey });
  return withLogTail("The judgement of the log", vars, signal, (onOutput) =>
    judgeFreshLog(key.publicKey, vars, onOutput, signal),
  );
});
