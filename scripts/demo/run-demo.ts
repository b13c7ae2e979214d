import { newLogKey } from "../new-log-key.ts";
import { runScript } from "../run-script.ts";
import { withLastWords } from "../../test/kit/with-log-tail.ts";
import { stageVars } from "../../test/kit/workspace.ts";
import { playDemo } from "./scenario.ts";

await runScript(async (signal) => {
  const vars = stageVars({
    RETRY_SCHEDULE: "1,1,2,2,3,3,5,5",
    DELIVERY_TIMEOUT_SECONDS: "5",
    LOG_KEY: newLogKey("localhost/log").privateKey,
  });
  return withLastWords("The demo", vars, signal, (onOutput) => playDemo(vars, onOutput, signal));
});
