import type { BrowserContextOptions, Page } from "playwright-core";
import { check } from "../kit/check.ts";
import { print } from "../kit/output.ts";
import { type FlakyReceiver, startFlakyReceiver } from "./flaky-receiver.ts";
import { enter, expectText, signIn, type Stage, type Visitor } from "./visitor.ts";

interface Scene {
  stage: Stage;
  visitor: Visitor;
  receiver: FlakyReceiver;
  project: string;
}

const TIMEOUT_MS = 30_000;

/** An owner adds a subscription, sees it fail, repairs the receiver, and redelivers and recovers what failed. */
export async function repairDeliveries(stage: Stage, options: BrowserContextOptions = {}): Promise<void> {
  const project = options.javaScriptEnabled === false ? "bakery, by hand" : "bakery";
  await using receiver = await startFlakyReceiver();
  await using visitor = await enter(stage, options);
  const scene = { stage, visitor, receiver, project };
  const groups = ["team-web", `project:${project}:global:owner`];
  await signIn(visitor.page, await stage.tokenOf({ user: "ann", groups }));
  await subscribe(scene);
  await sendTest(scene);
  await seeItFail(scene);
  await redeliver(scene);
  await recover(scene);
  await deleteSubscription(scene);
  print("  Subscribed, tested, saw a failure, repaired the receiver, redelivered, recovered, deleted.");
}

async function subscribe({ visitor: { page, look }, receiver, project }: Scene): Promise<void> {
  await page.getByRole("link", { name: "Subscriptions" }).click();
  await look("projects");
  await page.getByRole("link", { name: project }).click();
  await look("project-empty");
  await page.getByRole("link", { name: "Add a subscription" }).click();
  await page.getByLabel("URL", { exact: true }).fill("the oven");
  await page.getByRole("button", { name: "Add" }).click();
  await look("subscription-refused");
  check((await page.getByLabel("URL", { exact: true }).inputValue()) === "the oven", "The form lost what was typed.");
  await page.getByLabel("URL", { exact: true }).fill(receiver.url);
  await page.getByRole("button", { name: "Add" }).click();
  await expectText(page, "Subscription added.");
}

async function sendTest({ visitor: { page, look }, receiver }: Scene): Promise<void> {
  await page.getByRole("button", { name: "Send a test" }).click();
  await expectText(page, "Delivered, status");
  await page.getByRole("button", { name: "Show the secret" }).click();
  receiver.verifyAll(await page.getByLabel("Signing secret").innerText());
  await look("subscription");
}

async function seeItFail(scene: Scene): Promise<void> {
  const { page, look } = scene.visitor;
  scene.receiver.isBroken = true;
  await record(scene, 1);
  await openProject(scene, "");
  await untilThere(page, "Failed", 1);
  await page.getByText("2 attempts").click();
  await expectText(page, "the oven is cold");
  await look("project");
}

async function redeliver(scene: Scene): Promise<void> {
  const { visitor, receiver } = scene;
  receiver.isBroken = false;
  await visitor.page.getByRole("button", { name: "Redeliver" }).click();
  await expectText(visitor.page, "The delivery is being sent again.");
  await untilThere(visitor.page, "Delivered", 1);
  check(receiver.accepted.length === 2, "The receiver did not accept the sample and the event.");
}

async function recover(scene: Scene): Promise<void> {
  const { visitor, receiver } = scene;
  const { page, look } = visitor;
  receiver.isBroken = true;
  await record(scene, 3);
  await openProject(scene, "?state=failed");
  await untilThere(page, "Failed", 3);
  receiver.isBroken = false;
  await page.getByRole("link", { name: "Edit or test" }).click();
  await page.getByRole("button", { name: "Recover" }).click();
  await page.waitForURL(/recovery=\d+/);
  await until(page, async () => (await page.getByText("Finished: 3 events").count()) === 1);
  await look("recovered");
  await openProject(scene, "");
  await untilThere(page, "Delivered", 4);
  check(new Set(receiver.accepted).size === 5, "The receiver did not accept every event.");
  await page.getByRole("link", { name: "ben added a build" }).first().click();
  await page.waitForURL(/\/events\/\d+$/);
  await untilThere(page, "Delivered", 1);
  await look("event-delivered");
}

async function deleteSubscription(scene: Scene): Promise<void> {
  const { page } = scene.visitor;
  await openProject(scene, "");
  await page.getByRole("button", { name: "Disable" }).click();
  await expectText(page, "Disabled. Deliveries are held");
  await page.getByRole("link", { name: "Edit or test" }).click();
  await page.getByText("Delete this subscription").click();
  await page.getByRole("button", { name: "Delete permanently" }).click();
  await expectText(page, "Deleted.");
}

async function openProject({ stage, visitor, project }: Scene, search: string): Promise<void> {
  await visitor.page.goto(`${stage.url}/projects/${encodeURIComponent(project)}${search}`);
}

async function record({ stage, project }: Scene, count: number): Promise<void> {
  const event = { type: "ADD_BUILD", username: "ben", state_project: project };
  const body = JSON.stringify(Array.from({ length: count }, () => event));
  await stage.api.asProducer("/internal/create-event", { method: "POST", body });
}

/** Waits until the page lists `count` deliveries in a state. */
async function untilThere(page: Page, state: string, count: number): Promise<void> {
  const states = page.locator("#deliveries .state b", { hasText: state });
  await until(page, async () => (await states.count()) === count);
}

/** Reloads the page until a condition holds. */
async function until(page: Page, isDone: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + TIMEOUT_MS; !(await isDone());) {
    check(Date.now() < end, `Timed out waiting at ${page.url()}: ${await page.locator("main").innerText()}`);
    await page.waitForTimeout(500);
    await page.reload();
  }
}
