import { runScript } from "../interruption.ts";
import { withLastWords } from "../stage/last-words.ts";
import { stageVars } from "../stage/workspace.ts";
import { playDemo } from "./story.ts";

await runScript(async (signal) => {
  const vars = stageVars({ RETRY_SCHEDULE: "1,1,2,2,3,3,5,5", DELIVERY_TIMEOUT_SECONDS: "5" });
  return withLastWords("The demo", vars, signal, (onOutput) => playDemo(vars, onOutput, signal));
});
