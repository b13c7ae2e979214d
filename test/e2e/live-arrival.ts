import type { Api } from "../kit/api.ts";
import { auditor } from "../kit/auditor.ts";
import { check } from "../kit/check.ts";
import { tell } from "../kit/delivery-checks.ts";
import { enter, signIn, type Stage } from "./visitor.ts";

/** While a page is read, others do things: it says so, and does not move. */
export async function seeArrivals(stage: Stage): Promise<void> {
  const { url, api } = stage;
  await using visitor = await enter(stage);
  const { page } = visitor;
  await signIn(page, await stage.tokenOf(auditor));
  await page.goto(`${url}/project/arrivals`);
  const title = await page.title();
  await record(api, "first");
  const told = page.getByRole("status").getByRole("link");
  await told.filter({ hasText: "1 new" }).waitFor();
  check((await page.title()) === `(1) ${title}`, `The title is ${await page.title()}.`);
  await told.click();
  await page.getByText("first").waitFor();
  await told.waitFor({ state: "hidden" });

  const before = await page.locator(".day").boundingBox();
  await record(api, "second", "third", "fourth");
  await told.filter({ hasText: "3 new" }).waitFor();
  const after = await page.locator(".day").boundingBox();
  check(JSON.stringify(before) === JSON.stringify(after), "What was read moved.");

  await page.evaluate(turnTab, true);
  await record(api, "fifth", "sixth");
  await page.evaluate(turnTab, false);
  await told.filter({ hasText: "5 new" }).waitFor();
  await told.focus();
  await page.keyboard.press("Enter");
  await page.getByText("sixth").waitFor();
  check((await page.locator(".entry").count()) === 6, "Not all that arrived is on the newest page.");
  tell("  What arrived was told while it was read, and after the tab had been away.");
}

async function record(api: Api, ...usernames: string[]): Promise<void> {
  const events = usernames.map((username) => ({ type: "ADD_BUILD", username, state_project: "arrivals" }));
  await api.asProducer("/internal/create-event", { method: "POST", body: JSON.stringify(events) });
}

/** As a browser tells a page that its tab is hidden, or seen again. */
function turnTab(hidden: boolean): void {
  const { document } = globalThis as unknown as { document: EventTarget };
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}
