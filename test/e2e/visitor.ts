import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { ReaderClaims } from "../../scripts/reader-token.ts";
import type { Api } from "../kit/api.ts";
import { check } from "../kit/check.ts";
import { inspect } from "./inspection.ts";

/** What every chapter of the story has at hand. */
export interface Stage {
  browser: Browser;
  /** The service's. */
  url: string;
  api: Api;
  tokenOf: (reader: ReaderClaims) => Promise<string>;
  /** A folder for pictures of every page. */
  screenshots: string | undefined;
}

/** Somebody in a browser of their own. */
export interface Visitor extends AsyncDisposable {
  page: Page;
  /** Looks at the page as it stands. Does nothing without JavaScript, which the look itself needs. */
  look: (name: string) => Promise<void>;
}

const PATIENCE_MS = 15_000;

/** Whatever a page may not do is a complaint on its console, and ends the story. */
export async function enter(
  { browser, url, screenshots }: Stage,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ ...options, locale: "en-GB", timezoneId: "Asia/Kolkata" });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !/status of (?:400|404|409|422)/.test(message.text())) {
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
    look: async (name) => {
      if (options.javaScriptEnabled !== false) await inspect(page, name, screenshots);
    },
    async [Symbol.asyncDispose]() {
      const title = await page.title();
      await context.close();
      check(complaints.length === 0, `The browser complained: ${complaints.join("\n")}`);
      check(title !== "taken", "A script of somebody else's ran.");
    },
  };
}

/** From the sign-in page, which a visitor sees first. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("Your token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function expectText(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}
