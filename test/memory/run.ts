import { runScript } from "../../scripts/run-script.ts";
import { withLogTail } from "../kit/with-log-tail.ts";
import { testVariables } from "../kit/workspace.ts";
import { readAtOnce } from "./story.ts";

/** What an isolate of Cloudflare Workers may use, here of V8's heap. A runtime that needs more of it ends. */
const MEGABYTES = 128;

await runScript(async (signal) => {
  process.env["MINIFLARE_WORKERD_V8_FLAGS"] = `--max-old-space-size=${MEGABYTES}`;
  const vars = testVariables({});
  return withLogTail("The test of memory", vars, signal, (onOutput) => readAtOnce({ vars, onOutput, signal }));
});
