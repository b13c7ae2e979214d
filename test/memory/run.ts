import { runScript } from "../../scripts/run-script.ts";
import { withLogTail } from "../kit/with-log-tail.ts";
import { testVariables } from "../kit/workspace.ts";
import { readAtOnce } from "./story.ts";

/**
 * The memory of an isolate of Cloudflare Workers. Here it is the limit of V8's heap, and a runtime that needs more
 * ends.
 */
const MEGABYTES = 128;

await runScript(async (signal) => {
  process.env["MINIFLARE_WORKERD_V8_FLAGS"] = `--max-old-space-size=${MEGABYTES}`;
  const vars = testVariables({ HOT_GIGABYTES: "0", SERVER_TIMING: "true" });
  return withLogTail("The test of memory", vars, signal, (onOutput) => readAtOnce({ vars, onOutput, signal }));
});
