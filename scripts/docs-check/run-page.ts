import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../ports.ts";
import { matches } from "./compare-output.ts";
import { isOutput, isRunnable, type Page } from "./markdown.ts";

const START_SECONDS = 90;

/**
 * Runs a page's blocks in order, in one shell, with a service on an empty state. Returns the differences from the page.
 */
export async function runPage(project: string, page: Page, signal: AbortSignal): Promise<string[]> {
  const folder = await mkdtemp(path.join(project, "run-"));
  const ports = { "localhost:8787": await freePort(), "localhost:9999": await freePort() };
  await using stack = new AsyncDisposableStack();
  stack.use(listen(ports["localhost:9999"]));
  await stack.use(startService(project, ports["localhost:8787"], path.join(folder, "state"))).healthy(signal);
  const exitCode = await runBlocks({ project, folder, page, ports }, signal);
  return compareBlocks({ project, folder, page, ports }, exitCode);
}

/** A receiver that accepts everything. */
function listen(port: number): AsyncDisposable {
  const server = createServer((request, response) => request.resume().on("end", () => response.end("ok")));
  server.listen(port, "localhost");
  return {
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** Runs `npm start` in a process group of its own. */
function startService(project: string, port: number, state: string) {
  const args = ["start", "--", "--port", String(port), "--persist-to", state];
  const child = spawn("npm", args, { cwd: project, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const ended = once(child, "close");
  return {
    async healthy(signal: AbortSignal): Promise<void> {
      for (let waitedMs = 0; waitedMs < START_SECONDS * 1000; waitedMs += 250) {
        const response = await fetch(`http://localhost:${port}/health`).catch(() => undefined);
        if (response?.ok === true) return;
        await delay(250, undefined, { signal });
      }
      throw new Error(`The service was not healthy after ${START_SECONDS} s:\n${output}`);
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      await ended;
    },
  };
}

interface Run {
  project: string;
  /** The folder of the programs and their output. The files are named by the lines of the blocks. */
  folder: string;
  page: Page;
  /** The real port for each address in the page. */
  ports: Record<string, number>;
}

/** Runs all blocks as one script, so that a variable of one block exists in the next. The first failure ends it. */
async function runBlocks({ project, folder, page, ports }: Run, signal: AbortSignal): Promise<number | null> {
  const script = ["set -euo pipefail"];
  for (const { language, text, line } of page.blocks.filter(isRunnable)) {
    const program = path.join(folder, `${line}.${language}`);
    await writeFile(program, withPorts(text, ports));
    script.push(`${language === "sh" ? "source" : "node"} ${program} > ${folder}/${line}.out 2> ${folder}/${line}.err`);
  }
  await writeFile(path.join(folder, "script"), script.join("\n"));
  const shell = spawn("bash", [path.join(folder, "script")], { cwd: project, stdio: "ignore", signal });
  const [exitCode] = (await once(shell, "exit")) as [number | null];
  return exitCode;
}

async function compareBlocks({ folder, page, ports }: Run, exitCode: number | null): Promise<string[]> {
  const read = async (name: string) => withAddresses(await readFile(path.join(folder, name), "utf8"), ports);
  const commands = page.blocks
    .filter(isRunnable)
    .map(({ text }) => text)
    .join("\n");
  const faults: string[] = [];
  let [output, failure]: (string | undefined)[] = [];
  for (const block of page.blocks) {
    const where = `${page.file}:${block.line}`;
    if (!isOutput(block)) {
      output = isRunnable(block) ? await read(`${block.line}.out`).catch(() => undefined) : undefined;
      if (output !== undefined) failure = `${where} fails:\n${await read(`${block.line}.err`)}`; // if any, the last that ran
    } else if (block.skipped === undefined && output !== undefined && !matches(block, output, commands)) {
      faults.push(`${where} differs from the output of the block before it:\n${output}`);
    }
  }
  return exitCode === 0 || failure === undefined ? faults : [...faults, failure];
}

function withPorts(text: string, ports: Run["ports"]): string {
  return Object.entries(ports).reduce((rest, [address, port]) => rest.replaceAll(address, `localhost:${port}`), text);
}

function withAddresses(text: string, ports: Run["ports"]): string {
  return Object.entries(ports).reduce((rest, [address, port]) => rest.replaceAll(`localhost:${port}`, address), text);
}
