import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../ports.ts";
import { matches } from "./compare-output.ts";
import type { Page } from "./markdown.ts";

const START_SECONDS = 90;

interface Run {
  project: string;
  page: Page;
  /** To the ports of this run. */
  run: (text: string) => string;
  /** Back to the ports in the page. */
  asWritten: (text: string) => string;
}

/** A copy of the project, as a fresh clone would be after `npm ci`. */
export async function copyProject(root: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "tidings-docs-"));
  const { stdout } = spawnSync("git", ["ls-files", "-z", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" });
  for (const file of stdout.split("\0").filter((name) => name !== "" && !name.startsWith("test/"))) {
    await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
    await cp(path.join(root, file), path.join(folder, file));
  }
  await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"), "junction");
  return folder;
}

/** Runs a page's blocks, in order and in one shell, beside a service on fresh state. Returns what differs from the page. */
export async function runPage(project: string, page: Page): Promise<string[]> {
  const port = await freePort();
  const receiver = createServer((request, response) => request.resume().on("end", () => response.end("ok")));
  const receiverPort = await freePort();
  const run = (text: string) =>
    text.replaceAll("localhost:8787", `localhost:${port}`).replaceAll("localhost:9999", `localhost:${receiverPort}`);
  const asWritten = (text: string) =>
    text.replaceAll(`localhost:${port}`, "localhost:8787").replaceAll(`localhost:${receiverPort}`, "localhost:9999");
  const state = path.join(project, "state", page.file.replaceAll(/\W/g, "-"));
  const service = startService(project, port, state);
  try {
    receiver.listen(receiverPort, "localhost");
    await untilHealthy(port, service.output);
    return await runBlocks({ project, page, run, asWritten });
  } finally {
    receiver.close();
    receiver.closeAllConnections();
    await service.stop();
    await rm(state, { recursive: true, force: true });
  }
}

function startService(project: string, port: number, state: string) {
  const flags = ["--port", String(port), "--persist-to", state];
  const child = spawn("npm", ["start", "--", ...flags], {
    cwd: project,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = once(child, "close");
  return {
    output: () => output,
    async stop() {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      await ended;
    },
  };
}

async function untilHealthy(port: number, output: () => string): Promise<void> {
  for (let waited = 0; waited < START_SECONDS * 4; waited++) {
    const isHealthy = await fetch(`http://localhost:${port}/health`)
      .then(({ ok }) => ok)
      .catch(() => false);
    if (isHealthy) return;
    await delay(250);
  }
  throw new Error(`The service was not healthy after ${START_SECONDS} s:\n${output()}`);
}

/** One script of all blocks, so that a variable of one is there in the next. The first that fails ends it. */
async function runBlocks({ project, page, run, asWritten }: Run): Promise<string[]> {
  const folder = await mkdtemp(path.join(project, "run-"));
  const runnable = page.blocks.filter(({ language, skipped }) => isProgram(language) && skipped === undefined);
  const script = ["set -euo pipefail"];
  for (const { language, text, line } of runnable) {
    const file = path.join(folder, `${line}.${language}`);
    await writeFile(file, run(text));
    script.push(`${language === "sh" ? "source" : "node"} ${file} > ${folder}/${line}.out 2> ${folder}/${line}.err`);
  }
  await writeFile(path.join(folder, "script"), script.join("\n"));
  const shell = spawn("bash", [path.join(folder, "script")], { cwd: project, stdio: "ignore" });
  const [exitCode] = (await once(shell, "exit")) as [number | null];

  const read = (name: string) => readFile(path.join(folder, name), "utf8").then(asWritten, () => undefined);
  const commands = runnable.map(({ text }) => text).join("\n");
  const faults: string[] = [];
  let output: string | undefined;
  for (const block of page.blocks) {
    const where = `${page.file}:${block.line}`;
    if (isProgram(block.language)) {
      output = runnable.includes(block) ? await read(`${block.line}.out`) : undefined;
    } else if (isOutput(block.language) && block.skipped === undefined && output !== undefined) {
      if (!matches(block, output, commands)) faults.push(`${where} is not what the block before it prints:\n${output}`);
    }
  }
  if (exitCode === 0) return faults;
  const failed = (
    await Promise.all(runnable.map(async (block) => ((await read(`${block.line}.out`)) === undefined ? [] : [block])))
  )
    .flat()
    .at(-1);
  return [...faults, `${page.file}:${failed?.line} fails:\n${await read(`${failed?.line}.err`)}`];
}

/** `sh` blocks go to the shell, `ts` blocks to Node.js. */
export function isProgram(language: string): boolean {
  return language === "sh" || language === "ts";
}

/** Of the program before it. */
export function isOutput(language: string): boolean {
  return ["text", "http", "json"].includes(language);
}
