import { copyFile, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type DevServer, type DevServerOptions, startDevServer } from "../../scripts/dev-server.ts";
import { randomSecret, ROOT, type Vars, writeVars } from "../../scripts/dev-vars.ts";
import { freePort } from "../../scripts/ports.ts";
import { AUDITORS } from "./auditor.ts";

const HOST = "127.0.0.1";

/** The variables of a service that sends to receivers on this machine and has an auditor. */
export function testVariables(more: Vars): Vars {
  return {
    JWT_SECRET: randomSecret(),
    INTERNAL_TOKEN: randomSecret(),
    AUDITOR_GROUPS: AUDITORS,
    ALLOW_LOCAL_DESTINATIONS: "true",
    ...more,
  };
}

/**
 * A folder with the service's state, variables and a port. All of it is deleted at the end, also files of a killed
 * wrangler.
 */
export interface Workspace extends AsyncDisposable {
  /** The folder of the state, for `--persist-to`. */
  state: string;
  /** Starts the service on this state, which an earlier service may have left. */
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
  const state = path.join(folder, "state");
  return {
    state,
    start: (options) =>
      startDevServer({
        host: HOST,
        port,
        persistTo: state,
        flags: ["--ip", HOST, "--inspector-port", "0", "--env-file", envFile],
        project,
        ...options,
      }),
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

/**
 * Links to the project, and a folder for temporary files. Wrangler writes in both, and deletes its files only if it
 * ends normally.
 */
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
