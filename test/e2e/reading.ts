import type { BrowserContextOptions } from "playwright-core";
import { auditor } from "../kit/auditor.ts";
import { check } from "../kit/check.ts";
import { print } from "../kit/output.ts";
import { ATTACKER, DEEP_DATA_USER } from "./history.ts";
import { enter, expectText, signIn, type Stage, type Visitor } from "./visitor.ts";
import { weigh } from "./weight.ts";

/** Looks at the feed before the first event. */
export async function visitEmpty(stage: Stage): Promise<void> {
  await using visitor = await enter(stage);
  await signIn(visitor.page, await stage.tokenOf(auditor));
  await expectText(visitor.page, "No events yet");
  await visitor.look("empty");
}

/** Signs in, reads the feed and its pages, filters it, opens an event, signs out. */
export async function readEvents(stage: Stage, options: BrowserContextOptions): Promise<void> {
  await using visitor = await enter(stage, options);
  const { page, look } = visitor;
  await signInFromLink(stage, visitor);
  await page.getByRole("link", { name: "Everything" }).first().click();
  await expectText(page, /^(?:Today|Yesterday), /); // yesterday if midnight UTC has passed since the recording
  await expectText(page, ATTACKER);
  await look("feed");
  await weigh(page);
  await readPages(visitor);
  await filter(visitor);
  await openAnEvent(visitor);
  await page.goto(`${stage.url}/?username=${encodeURIComponent(DEEP_DATA_USER)}`);
  await page.getByRole("link", { name: /ago$/ }).click();
  await expectText(page, "bottom:");
  await look("event-deep");
  await page.goto(`${stage.url}/?username=ann&since=2026-01-02T00:00&until=2026-01-01T00:00`);
  await expectText(page, "must not be before since");
  await look("refused");
  await page.goto(`${stage.url}/events/999999`);
  await expectText(page, "Page not found");
  await look("not-found");
  await signOut(stage, visitor);
  print("  Signed in, read the feed and its pages, filtered it, opened an event, signed out.");
}

async function signInFromLink(stage: Stage, { page, look }: Visitor): Promise<void> {
  await page.goto(`${stage.url}/project/shop?username=ann`);
  await look("sign-in");
  await signIn(page, "not-a-token");
  await expectText(page, "The token is not a well-formed signed JSON Web Token.");
  await look("sign-in-refused");
  await signIn(page, await stage.tokenOf(auditor));
  check(page.url() === `${stage.url}/project/shop?username=ann`, `Signing in led to ${page.url()}.`);
  await expectText(page, "ann redeployed api to production of shop");
  await look("filtered");
}

async function readPages({ page }: Visitor): Promise<void> {
  const newest = await page.locator(".entry p").first().innerText();
  await page.getByRole("link", { name: "Older" }).first().click();
  await page.waitForURL(/page_from=/);
  check((await page.locator(".entry").count()) === 50, "The second page is not full.");
  await page.getByRole("link", { name: "Newer" }).first().click();
  await page.getByRole("link", { name: "Newer" }).first().waitFor({ state: "detached" });
  check((await page.locator(".entry p").first().innerText()) === newest, "Newer did not lead back to the newest page.");
}

async function filter({ page, look }: Visitor): Promise<void> {
  await page.getByText("Types:").click();
  await look("types");
  await page.getByLabel("Redeploy state deployment").check();
  await page.getByRole("textbox", { name: "User" }).fill("ann");
  await page.getByRole("textbox", { name: "Until" }).fill("9999-12-31");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL(/type=REDEPLOY_STATE_DEPLOYMENT/);
  await expectText(page, "ann redeployed api to production of shop");
  check((await page.locator(".entry").count()) === 1, "The filters did not exclude other events.");
  const view = page.url();
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForLoadState();
  check(page.url() === view, `The filters, sent unchanged, led from ${view} to ${page.url()}.`);
  await page.getByRole("link", { name: "production" }).click();
  await page.waitForURL(/\/project\/shop\/production$/);
  await look("place");
  await page.getByRole("textbox", { name: "User" }).fill("nobody");
  await page.getByRole("button", { name: "Filter" }).click();
  await expectText(page, "No event matches these filters");
  await look("no-match");
  await page.getByRole("link", { name: "Clear" }).click();
}

async function openAnEvent({ page, look }: Visitor): Promise<void> {
  await page.getByRole("link", { name: "Everything" }).first().click();
  await page.locator("summary", { hasText: "Data" }).first().click();
  await page.getByText("note:").waitFor();
  const item = page
    .locator(".day ol > li", { hasText: "Restricted" })
    .filter({ has: page.locator(".place") })
    .first();
  const sentence = await item.locator("p").first().innerText();
  await item.getByRole("link", { name: /ago$/ }).click();
  await page.waitForURL(/\/events\/\d+$/);
  check(
    (await page.getByRole("heading", { level: 1 }).innerText()).trim() === sentence,
    "The link led to another event.",
  );
  await expectText(page, "Auditors and members of");
  await look("event");
}

async function signOut({ url }: Stage, { page }: Visitor): Promise<void> {
  await page.goto(url);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${url}/sign-in`);
  await page.goto(url);
  check(page.url() === `${url}/sign-in`, "The feed was still open after signing out.");
}
