import { once } from "node:events";
import { userInfo } from "node:os";
import { startDevServer } from "./dev-server.ts";
import { formatGettingStarted } from "./getting-started.ts";
import { runScript } from "./run-script.ts";
import { readLocalVariables } from "./local-variables.ts";
import { parseStartFlags } from "./start-flags.ts";

await runScript(async (signal) => {
  const { host, port, persistTo, envFiles, rest } = parseStartFlags(process.argv.slice(2));
  const vars = await readLocalVariables(envFiles);
  await using server = await startDevServer({
    host,
    port,
    persistTo,
    flags: rest,
    jobEverySeconds: 60,
    onOutput: print,
    signal,
  });
  console.log(await formatGettingStarted(server.url, vars, userInfo().username));
  if (server.configurationFault !== undefined) {
    console.error(
      `The configuration is wrong, and GET ${server.url}/health responds with 500: ${server.configurationFault}\n`,
    );
  }
  signal.throwIfAborted();
  const interrupted = once(signal, "abort").then(() => signal.throwIfAborted());
  await Promise.race([server.ended, interrupted]);
  return server.ended;
});

function print(text: string): void {
  process.stdout.write(text);
}
