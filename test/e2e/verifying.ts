import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { BrowserContextOptions, Page } from "playwright-core";
import { ROOT } from "../../scripts/dev-vars.ts";
import { auditor } from "../kit/auditor.ts";
import { check } from "../kit/check.ts";
import { print } from "../kit/output.ts";
import { enter, expectText, signIn, type Stage, type Visitor } from "./visitor.ts";

const run = promisify(execFile);

/**
 * Acts as an auditor, who opens the log's page, runs the command on that page, and checks the proof of a downloaded
 * event.
 */
export async function verifyByHand(stage: Stage, options: BrowserContextOptions = {}): Promise<void> {
  await using visitor = await enter(stage, options);
  const token = await stage.tokenOf(auditor);
  await signIn(visitor.page, token);
  await checkLog(visitor, token);
  await checkEvent(visitor);
  print("  Opened the log, ran the command on its page, downloaded a proof and checked it.");
}

async function checkLog({ page, look }: Visitor, token: string): Promise<void> {
  await page.getByRole("link", { name: "Log", exact: true }).click();
  await reloadUntil(page, "entries, signed");
  await look("log");
  const command = await page.getByLabel("Command that checks the log").innerText();
  const firstCheck = command.replace(" --known checkpoint.txt", "");
  const { stdout } = await run("sh", ["-c", firstCheck], { cwd: ROOT, env: { ...process.env, TIDINGS_TOKEN: token } });
  check(/^The log localhost\/log has \d+ entries/.test(stdout), `The command on the page printed ${stdout}`);
}

async function checkEvent({ page, look }: Visitor): Promise<void> {
  await page.getByRole("link", { name: "Everything" }).first().click();
  await page.getByRole("link", { name: /ago$/ }).first().click();
  await reloadUntil(page, "In the log at");
  await look("event-in-log");
  const folder = await mkdtemp(path.join(tmpdir(), "tidings-proof-"));
  try {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download proof" }).click(),
    ]);
    const archive = path.join(folder, download.suggestedFilename());
    await download.saveAs(archive);
    await run("tar", ["-xf", archive, "-C", folder]);
    const [, id = ""] = /^event-(\d+)-proof\.tar$/.exec(download.suggestedFilename()) ?? [];
    await checkFiles(path.join(folder, `event-${id}`), id);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the command in the README of the archive. */
async function checkFiles(folder: string, id: string): Promise<void> {
  const { stdout: key } = await run("cat", [path.join(folder, "key.txt")]);
  const files = ["--event", path.join(folder, "event.json"), "--proof", path.join(folder, "proof.txt")];
  const verifyProof = path.join(ROOT, "scripts/verify/verify-proof.js");
  const { stdout } = await run(process.execPath, [verifyProof, ...files, "--key", key.trim()]);
  check(stdout.startsWith(`Event ${id} is entry `), `verify-proof printed ${stdout}`);
}

/** Reloads the page until it contains the text, because an event gets its entry some seconds after its recording. */
async function reloadUntil(page: Page, text: string): Promise<void> {
  for (let reloads = 0; reloads < 20 && !(await page.getByText(text).first().isVisible()); reloads++) {
    await page.waitForTimeout(500);
    await page.reload();
  }
  await expectText(page, text);
}
