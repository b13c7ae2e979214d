import { parseArgs } from "node:util";
import { newLogKey } from "../../scripts/new-log-key.ts";
import { runScript } from "../../scripts/run-script.ts";
import { withLogTail } from "../kit/with-log-tail.ts";
import { testVariables } from "../kit/workspace.ts";
import { playConsole } from "./story.ts";
import { OPERATORS } from "./streaming.ts";

await runScript(async (signal) => {
  const { values } = parseArgs({ options: { screenshots: { type: "string" } } });
  const LOG_KEY = newLogKey("localhost/log").privateKey;
  const vars = testVariables({ RETRY_SCHEDULE: "1", LOG_KEY, OPERATOR_GROUPS: OPERATORS });
  return withLogTail("The console's test", vars, signal, (onOutput) =>
    playConsole({ vars, screenshots: values.screenshots, onOutput, signal }),
  );
});
