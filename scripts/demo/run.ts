import { runScript } from "../interruption.ts";
import { OutputTail } from "../stage/output-tail.ts";
import { stageVars } from "../stage/workspace.ts";
import { playDemo } from "./story.ts";

await runScript(async (signal) => {
  const vars = stageVars({ RETRY_SCHEDULE: "1,1,2,2,3,3,5,5", DELIVERY_TIMEOUT_SECONDS: "5" });
  const output = new OutputTail([vars["JWT_SECRET"], vars["INTERNAL_TOKEN"]]);
  try {
    await playDemo(vars, output.add, signal);
    return 0;
  } catch (error) {
    if (!signal.aborted) console.error(`\nThe service's last words:\n${output.toString()}\n\nThe demo failed:`);
    throw error;
  }
});
