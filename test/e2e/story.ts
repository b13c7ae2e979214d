import { type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import type { Vars } from "../../scripts/dev-vars.ts";
import { type ReaderClaims, signReaderToken } from "../../scripts/reader-token.ts";
import { Api } from "../../scripts/stage/api.ts";
import { auditor } from "../../scripts/stage/auditor.ts";
import { check } from "../../scripts/stage/check.ts";
import { secondsSince, tell } from "../../scripts/stage/telling.ts";
import { makeWorkspace } from "../../scripts/stage/workspace.ts";
import { launchChromium } from "./chromium.ts";
import { ATTACKER, recordHistory } from "./history.ts";
import { inspect } from "./inspection.ts";
import { seeArrivals } from "./live-arrival.ts";
import { weigh } from "./weight.ts";

interface Play {
  vars: Vars;
  /** A folder for pictures of every page. */
  screenshots: string | undefined;
  onOutput: (text: string) => void;
  signal: AbortSignal;
}

interface Stage {
  browser: Browser;
  url: string;
  tokenOf: (reader: ReaderClaims) => Promise<string>;
  screenshots: string | undefined;
}

const PATIENCE_MS = 15_000;

/** A person's way through the console, in a real browser on the real local service. Throws where anything is amiss. */
export async function playConsole({ vars, screenshots, onOutput, signal }: Play): Promise<void> {
  const start = performance.now();
  await using workspace = await makeWorkspace(vars);
  await using service = await workspace.start({ jobEverySeconds: 60, onOutput, signal });
  await using browser = await launchChromium();
  tell(`Chromium ${browser.version()} opens ${service.url} (${secondsSince(start)}).`);
  const tokenOf = (reader: ReaderClaims) => signReaderToken(vars, reader);
  const stage = { browser, url: service.url, tokenOf, screenshots };
  const api = new Api(service.url, vars, signal);
  await visitEmpty(stage, api);
  await recordHistory(api);
  await visit(stage, {});
  tell("The same without JavaScript:");
  await visit(stage, { javaScriptEnabled: false });
  tell(`The console does what it should (${secondsSince(start)}).`);
}

async function visitEmpty(stage: Stage, api: Api): Promise<void> {
  await using visitor = await enter(stage, {});
  const { page } = visitor;
  await signIn(page, await stage.tokenOf(auditor));
  await expectText(page, "No events yet");
  await inspect(page, "empty", stage.screenshots);
  await seeArrivals(page, stage.url, api);
}

async function visit(stage: Stage, options: BrowserContextOptions): Promise<void> {
  await using visitor = await enter(stage, options);
  const { page } = visitor;
  const look = (name: string) =>
    options.javaScriptEnabled === false ? undefined : inspect(page, name, stage.screenshots);
  await page.goto(`${stage.url}/project/shop?username=ann`);
  await look("sign-in");
  await signIn(page, "not-a-token");
  await expectText(page, "The token is not a well-formed signed JSON Web Token.");
  await look("sign-in-refused");
  await signIn(page, await stage.tokenOf(auditor));
  check(page.url() === `${stage.url}/project/shop?username=ann`, `Signing in led to ${page.url()}.`);
  await expectText(page, "ann redeployed api to production of shop");
  await look("filtered");
  await page.getByRole("link", { name: "Everything" }).first().click();
  await expectText(page, "Yesterday");
  await expectText(page, ATTACKER);
  await look("feed");
  await weigh(page);
  await readAndTurn(page);
  await filter(page, look);
  await openAnEvent(page, look);
  await page.goto(`${stage.url}/events/999999`);
  await expectText(page, "There is nothing here");
  await look("not-found");
  await page.goto(stage.url);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${stage.url}/sign-in`);
  await page.goto(stage.url);
  check(page.url() === `${stage.url}/sign-in`, "Who signed out was still let in.");
  tell("  Signed in, read, filtered, turned the pages, opened an event, signed out.");
}

async function readAndTurn(page: Page): Promise<void> {
  const newest = await page.locator(".told p").first().innerText();
  await page.getByRole("link", { name: "Older" }).first().click();
  await page.waitForURL(/page_from=/);
  check((await page.locator(".told").count()) === 50, "The second page is not full.");
  await page.getByRole("link", { name: "Newer" }).first().click();
  await page.getByRole("link", { name: "Newer" }).first().waitFor({ state: "detached" });
  check((await page.locator(".told p").first().innerText()) === newest, "The way back led elsewhere.");
}

async function filter(page: Page, look: (name: string) => Promise<void> | undefined): Promise<void> {
  await page.getByText("Types:").click();
  await look("types");
  await page.getByLabel("Redeploy state deployment").check();
  await page.getByRole("textbox", { name: "User" }).fill("ann");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL(/type=REDEPLOY_STATE_DEPLOYMENT/);
  await expectText(page, "ann redeployed api to production of shop");
  check((await page.locator(".told").count()) === 1, "The filters let others through.");
  await page.getByRole("link", { name: "production" }).click();
  await page.waitForURL(/\/project\/shop\/production$/);
  await look("place");
  await page.getByRole("textbox", { name: "User" }).fill("nobody");
  await page.getByRole("button", { name: "Filter" }).click();
  await expectText(page, "Nothing matches these filters");
  await look("no-match");
  await page.getByRole("link", { name: "Clear" }).click();
}

async function openAnEvent(page: Page, look: (name: string) => Promise<void> | undefined): Promise<void> {
  await page.getByRole("link", { name: "Everything" }).first().click();
  await page.locator("summary", { hasText: "Data" }).first().click();
  await page.getByText("note:").waitFor();
  const item = page
    .locator(".day ol > li", { hasText: "Restricted" })
    .filter({ has: page.locator(".place") })
    .first();
  const told = await item.locator("p").first().innerText();
  await item.getByRole("link", { name: /ago$/ }).click();
  await page.waitForURL(/\/events\/\d+$/);
  check((await page.getByRole("heading", { level: 1 }).innerText()).trim() === told, "The link led to another event.");
  await expectText(page, "Auditors, and whoever is in");
  await look("event");
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("Your token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function expectText(page: Page, text: string): Promise<void> {
  await page.getByText(text).first().waitFor();
}

/** A browser of somebody's own. Whatever a page may not do is a complaint on its console, and ends the play. */
async function enter({ browser, url }: Stage, options: BrowserContextOptions) {
  const context = await browser.newContext({ ...options, locale: "en-GB", timezoneId: "Asia/Kolkata" });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !/status of (?:404|422)/.test(message.text())) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) complaints.push(`It asked for ${request.url()}.`);
  });
  await page.goto(url);
  return {
    page,
    async [Symbol.asyncDispose]() {
      const title = await page.title();
      await context.close();
      check(complaints.length === 0, `The browser complained: ${complaints.join("\n")}`);
      check(title !== "taken", "A script of somebody else's ran.");
    },
  };
}
