import { newLogKey } from "../new-log-key.ts";
import { runScript } from "../run-script.ts";
import { withLogTail } from "../../test/kit/with-log-tail.ts";
import { testVariables } from "../../test/kit/workspace.ts";
import { runDemo } from "./scenario.ts";
import { OPERATORS } from "./streaming.ts";

await runScript(async (signal) => {
  const vars = testVariables({
    RETRY_SCHEDULE: "1,1,2,2,3,3,5,5",
    DELIVERY_TIMEOUT_SECONDS: "5",
    OPERATOR_GROUPS: OPERATORS,
    LOG_KEY: newLogKey("localhost/log").privateKey,
  });
  return withLogTail("The demo", vars, signal, (onOutput) => runDemo(vars, onOutput, signal));
});
