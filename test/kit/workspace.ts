import { copyFile, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type DevServer, type DevServerOptions, startDevServer } from "../../scripts/dev-server.ts";
import { randomSecret, ROOT, type Vars, writeVars } from "../../scripts/dev-vars.ts";
import { freePort } from "../../scripts/ports.ts";
import { AUDITORS } from "./auditor.ts";

const HOST = "127.0.0.1";

/** Variables of a service that tells receivers of this machine and knows an auditor. */
export function stageVars(more: Vars): Vars {
  return {
    JWT_SECRET: randomSecret(),
    INTERNAL_TOKEN: randomSecret(),
    AUDITOR_GROUPS: AUDITORS,
    ALLOW_LOCAL_DESTINATIONS: "true",
    ...more,
  };
}

/** A state, variables and a port of the service's own. All of it is gone afterwards, with what a killed wrangler leaves. */
export interface Workspace extends AsyncDisposable {
  /** The service on this state, which a service before it may have left. */
  start(options: Pick<DevServerOptions, "jobEverySeconds" | "onOutput" | "signal">): Promise<DevServer>;
}

export async function makeWorkspace(vars: Vars): Promise<Workspace> {
  await using making = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), "tidings-"));
  making.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  const envFile = path.join(folder, "vars");
  await writeVars(envFile, vars);
  const port = await freePort();
  const project = await projectIn(folder);
  const made = making.move();
  return {
    start: (options) =>
      startDevServer({
        host: HOST,
        port,
        persistTo: path.join(folder, "state"),
        flags: ["--ip", HOST, "--inspector-port", "0", "--env-file", envFile],
        project,
        ...options,
      }),
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

/** The project by links, and a place for temporary files: wrangler builds in both, and cleans up only if it may end in peace. */
async function projectIn(folder: string): Promise<DevServerOptions["project"]> {
  const project = { root: path.join(folder, "project"), temporary: path.join(folder, "temporary") };
  await mkdir(project.root);
  await mkdir(project.temporary);
  await copyFile(path.join(ROOT, "wrangler.toml"), path.join(project.root, "wrangler.toml"));
  for (const name of ["src", "migrations", path.join("node_modules", "swagger-ui-dist")]) {
    const link = path.join(project.root, name);
    await mkdir(path.dirname(link), { recursive: true });
    await symlink(path.join(ROOT, name), link, "junction");
  }
  return project;
}
