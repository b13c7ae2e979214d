import { once } from "node:events";
import { startDevServer } from "./dev-server.ts";
import { readOrCreateDevVars, readVars } from "./dev-vars.ts";
import { firstSteps } from "./first-steps.ts";
import { runScript } from "./interruption.ts";
import { parseStartFlags } from "./start-flags.ts";

await runScript(async (signal) => {
  const { host, port, persistTo, envFiles, rest } = parseStartFlags(process.argv.slice(2));
  const vars = envFiles.length === 0 ? await readOrCreateDevVars() : await readVars(envFiles);
  await using server = await startDevServer({
    host,
    port,
    persistTo,
    flags: rest,
    jobEverySeconds: 60,
    onOutput: print,
    signal,
  });
  console.log(await firstSteps(server.url, vars));
  signal.throwIfAborted();
  const interrupted = once(signal, "abort").then(() => signal.throwIfAborted());
  await Promise.race([server.ended, interrupted]);
  return server.ended;
});

function print(text: string): void {
  process.stdout.write(text);
}
