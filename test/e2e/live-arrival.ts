import type { Api } from "../kit/api.ts";
import { auditor } from "../kit/auditor.ts";
import { check } from "../kit/check.ts";
import { print } from "../kit/output.ts";
import { enter, signIn, type Stage } from "./visitor.ts";

/** Records events while a page is open. The page counts them, and its content does not move. */
export async function seeArrivals(stage: Stage): Promise<void> {
  const { url, api } = stage;
  await using visitor = await enter(stage);
  const { page } = visitor;
  await signIn(page, await stage.tokenOf(auditor));
  await page.goto(`${url}/project/arrivals`);
  const title = await page.title();
  await record(api, "first");
  const newLink = page.getByRole("status").getByRole("link");
  await newLink.filter({ hasText: "1 new" }).waitFor();
  check((await page.title()) === `(1) ${title}`, `The title is ${await page.title()}.`);
  await newLink.click();
  await page.getByText("first").waitFor();
  await newLink.waitFor({ state: "hidden" });

  const before = await page.locator(".day").boundingBox();
  await record(api, "second", "third", "fourth");
  await newLink.filter({ hasText: "3 new" }).waitFor();
  const after = await page.locator(".day").boundingBox();
  check(JSON.stringify(before) === JSON.stringify(after), "The timeline moved.");

  await page.evaluate(setTabHidden, true);
  await record(api, "fifth", "sixth");
  await page.evaluate(setTabHidden, false);
  await newLink.filter({ hasText: "5 new" }).waitFor();
  await newLink.focus();
  await page.keyboard.press("Enter");
  await page.getByText("sixth").waitFor();
  check((await page.locator(".entry").count()) === 6, "The newest page does not have all events.");
  print("  Arriving events were counted, also after the tab was hidden.");
}

async function record(api: Api, ...usernames: string[]): Promise<void> {
  const events = usernames.map((username) => ({ type: "ADD_BUILD", username, state_project: "arrivals" }));
  await api.asProducer("/internal/create-event", { method: "POST", body: JSON.stringify(events) });
}

/** Does what a browser does when a tab is hidden or visible again. */
function setTabHidden(hidden: boolean): void {
  const { document } = globalThis as unknown as { document: EventTarget };
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}
