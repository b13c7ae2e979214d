import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type DevServer, startDevServer } from "../dev-server.ts";
import { randomSecret, type Vars, writeVars } from "../dev-vars.ts";
import { freePort } from "../ports.ts";
import { AUDITORS } from "./cast.ts";

const HOST = "127.0.0.1";

export function demoVars(): Vars {
  return {
    JWT_SECRET: randomSecret(),
    INTERNAL_TOKEN: randomSecret(),
    AUDITOR_GROUPS: AUDITORS,
    ALLOW_LOCAL_DESTINATIONS: "true",
    RETRY_SCHEDULE: "1,1,2,2,3,3,5,5",
    DELIVERY_TIMEOUT_SECONDS: "5",
  };
}

/** The service on a state, variables and a port of its own; all of it is gone afterwards. */
export async function startService(
  vars: Vars,
  onOutput: (text: string) => void,
  signal: AbortSignal,
): Promise<DevServer> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), "tidings-demo-"));
  starting.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  const envFile = path.join(folder, "vars");
  await writeVars(envFile, vars);
  const server = await startDevServer({
    host: HOST,
    port: await freePort(),
    persistTo: path.join(folder, "state"),
    flags: ["--ip", HOST, "--inspector-port", "0", "--env-file", envFile],
    jobEverySeconds: 10,
    onOutput,
    signal,
  });
  starting.use(server);
  const running = starting.move();
  return { ...server, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
