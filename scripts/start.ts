import { once } from "node:events";
import { type DevServer, EndedEarly, startDevServer } from "./dev-server.ts";
import { readOrCreateDevVars, readVars } from "./dev-vars.ts";
import { firstSteps } from "./first-steps.ts";
import { Interrupted, interruption } from "./interruption.ts";
import { parseStartFlags } from "./start-flags.ts";

async function start(signal: AbortSignal): Promise<number> {
  const { host, port, persistTo, envFiles, rest } = parseStartFlags(process.argv.slice(2));
  const vars = envFiles.length === 0 ? await readOrCreateDevVars() : await readVars(envFiles);
  await using server: DevServer = await startDevServer({
    host,
    port,
    persistTo,
    flags: rest,
    jobEverySeconds: 60,
    onOutput: (text) => process.stdout.write(text),
    signal,
  });
  console.log(await firstSteps(server.url, vars));
  signal.throwIfAborted();
  const interrupted = once(signal, "abort").then(() => signal.throwIfAborted());
  await Promise.race([server.ended, interrupted]);
  return server.ended;
}

try {
  process.exitCode = await start(interruption());
} catch (error) {
  process.exitCode = error instanceof Interrupted || error instanceof EndedEarly ? error.exitCode : 1;
  if (!(error instanceof Interrupted)) console.error(error instanceof Error ? error.message : error);
}
process.exit();
