import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { ReaderClaims } from "../../scripts/reader-token.ts";
import type { Api } from "../kit/api.ts";
import { check } from "../kit/check.ts";
import { inspect, type Look } from "./inspection.ts";

/** What every journey needs. */
export interface Stage {
  browser: Browser;
  /** The service's origin. */
  url: string;
  api: Api;
  tokenOf: (reader: ReaderClaims) => Promise<string>;
  /** The folder for screenshots. */
  screenshots: string | undefined;
}

/** A person with their own browser context. */
export interface Visitor extends AsyncDisposable {
  page: Page;
  /** Checks the page as it is. Does nothing without JavaScript, which the checks need. */
  look: (name: string, lookOptions?: Look) => Promise<void>;
}

const TIMEOUT_MS = 15_000;

/** Fails when the visitor is disposed if the browser logged an error, such as a violation of the page's policy. */
export async function enter(
  { browser, url, screenshots }: Stage,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ ...options, locale: "en-GB", timezoneId: "Asia/Kolkata" });
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !/status of (?:400|404|409|422)/.test(message.text())) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) complaints.push(`The page requested ${request.url()}.`);
  });
  await page.goto(url);
  return {
    page,
    look: async (name, lookOptions) => {
      if (options.javaScriptEnabled !== false) await inspect(page, name, screenshots, lookOptions);
    },
    async [Symbol.asyncDispose]() {
      const title = await page.title();
      await context.close();
      check(complaints.length === 0, `The browser complained: ${complaints.join("\n")}`);
      check(title !== "taken", "An injected script ran.");
    },
  };
}

/** Signs in with a token. The page must be the sign-in page. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("Your token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function expectText(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}
