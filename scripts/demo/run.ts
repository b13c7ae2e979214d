import { runScript } from "../interruption.ts";
import { demoVars } from "./service.ts";
import { OutputTail } from "./output-tail.ts";
import { playDemo } from "./story.ts";

await runScript(async (signal) => {
  const vars = demoVars();
  const output = new OutputTail([vars["JWT_SECRET"], vars["INTERNAL_TOKEN"]]);
  try {
    await playDemo(vars, output.add, signal);
    return 0;
  } catch (error) {
    if (!signal.aborted) console.error(`\nThe service's last words:\n${output.toString()}\n\nThe demo failed:`);
    throw error;
  }
});
