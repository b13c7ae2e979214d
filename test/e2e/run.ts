import { parseArgs } from "node:util";
import { runScript } from "../../scripts/interruption.ts";
import { withLastWords } from "../../scripts/stage/last-words.ts";
import { stageVars } from "../../scripts/stage/workspace.ts";
import { playConsole } from "./story.ts";

await runScript(async (signal) => {
  const { values } = parseArgs({ options: { screenshots: { type: "string" } } });
  const vars = stageVars({ RETRY_SCHEDULE: "1" });
  return withLastWords("The console's test", vars, signal, (onOutput) =>
    playConsole({ vars, screenshots: values.screenshots, onOutput, signal }),
  );
});
