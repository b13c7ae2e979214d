import type { BrowserContextOptions, Page } from "playwright-core";
import { Webhook } from "standardwebhooks";
import { auditor } from "../kit/auditor.ts";
import { check } from "../kit/check.ts";
import { listen } from "../kit/listener.ts";
import { print } from "../kit/output.ts";
import { enter, expectText, signIn, type Stage, type Visitor } from "./visitor.ts";

export const OPERATORS = "operators";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const TIMEOUT_MS = 30_000;

/** What the receiver of a stream got. */
interface Siem {
  url: string;
  /** The IDs of the events that arrived, in order. The sample has the ID 0. */
  ids: string[];
  isRefusing: boolean;
}

/** An operator adds a stream, checks it, sees it refuse an event, skips the event, rewinds, pauses and deletes. */
export async function steerStream(stage: Stage, options: BrowserContextOptions = {}): Promise<void> {
  const ids: string[] = [];
  await using listener = await listen((_name, headers, body) => {
    if (siem.isRefusing) return { status: 400, text: "this field is not in the index" };
    const at = new Date(Number(headers["webhook-timestamp"]) * 1000);
    const signed = new Webhook(SECRET).sign(headers["webhook-id"] ?? "", at, body);
    if (signed !== headers["webhook-signature"]) return { status: 401, text: "the signature is wrong" };
    ids.push(
      ...body
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { id: string }).id),
    ); // the service sends NDJSON
    return { status: 200, text: "thanks" };
  });
  const siem: Siem = { url: listener.urlFor("siem"), ids, isRefusing: false };
  await using visitor = await enter(stage, options);
  const operator = { user: "olga", groups: [OPERATORS, ...auditor.groups] };
  await signIn(visitor.page, await stage.tokenOf(operator));
  await addStream(visitor, siem);
  await checkStream(visitor, siem);
  await skipRefused(stage, visitor, siem);
  await rewind(visitor, siem);
  await pauseAndDelete(visitor);
  print("  Added a stream, checked it, skipped a refused event, rewound it, paused it, deleted it.");
}

async function addStream({ page, look }: Visitor, siem: Siem): Promise<void> {
  await page.getByRole("link", { name: "Streams", exact: true }).click();
  await expectText(page, "the stream waits at this event");
  await look("streams");
  await page.getByRole("link", { name: "HTTP", exact: true }).click();
  await look("stream-new");
  await page.getByLabel("Name", { exact: true }).fill("The SIEM");
  await page.getByLabel("Signing secret").fill("not a secret");
  await page.getByLabel("URL", { exact: true }).fill(siem.url);
  await page.getByLabel("Every event, as an auditor sees them").check();
  await page.getByRole("button", { name: "Add" }).click();
  await look("stream-refused");
  check((await page.getByLabel("URL", { exact: true }).inputValue()) === siem.url, "The form lost what was typed.");
  check((await page.getByLabel("Signing secret").inputValue()) === "", "The page shows a secret.");
  await page.getByLabel("Signing secret").fill(SECRET);
  await page.getByRole("button", { name: "Add" }).click();
  await expectText(page, "Stream added.");
}

async function checkStream({ page, look }: Visitor, siem: Siem): Promise<void> {
  await page.getByRole("button", { name: "Send a sample" }).click();
  await expectText(page, "Arrived, status 200");
  await expectText(page, "olga (a sample)");
  await look("stream-checked", { awaitsResponse: true });
  check(siem.ids.join() === "0", "The sample did not arrive.");
}

async function skipRefused(stage: Stage, { page, look }: Visitor, siem: Siem): Promise<void> {
  siem.isRefusing = true;
  await record(stage, 1);
  const refused = await untilRefused(page);
  await look("stream-failing");
  await page.getByText("Skip this event…").click();
  siem.isRefusing = false;
  await page.getByRole("button", { name: `Skip event ${refused}` }).click();
  await expectText(page, "The event is missing in the destination");
  await record(stage, 2);
  await until(page, async () => siem.ids.length === 3);
  check(!siem.ids.includes(refused), "The skipped event arrived.");
}

async function rewind({ page, look }: Visitor, siem: Siem): Promise<void> {
  const before = siem.ids.slice(1);
  await page.reload();
  await page.getByLabel("After event ID").fill(`${Number(before[0]) - 1}`);
  await page.getByRole("button", { name: "Show what would happen" }).click();
  await expectText(page, "2 events will be sent");
  check(siem.ids.length === 3, "Events were sent before the rewind was confirmed.");
  await look("stream-rewind");
  await page.getByRole("button", { name: "Rewind to event" }).click();
  await expectText(page, "Rewound.");
  await until(page, async () => siem.ids.length === 5);
  check(siem.ids.slice(3).join() === before.join(), `After the rewind, ${siem.ids.slice(3).join()} arrived.`);
}

async function pauseAndDelete({ page, look }: Visitor): Promise<void> {
  await page.getByRole("link", { name: "Streams", exact: true }).first().click();
  await page.getByRole("button", { name: "Pause" }).click();
  await expectText(page, "Paused. The stream sends nothing");
  await look("streams-paused");
  await page.getByRole("link", { name: "The SIEM", exact: true }).click();
  await page.getByText("Delete this stream…").click();
  await page.getByRole("button", { name: "Delete permanently" }).click();
  await expectText(page, "Deleted. What has arrived stays");
}

async function record({ api }: Stage, count: number): Promise<void> {
  const body = JSON.stringify(Array.from({ length: count }, () => ({ type: "ADD_BUILD", username: "ben" })));
  await api.asProducer("/internal/create-event", { method: "POST", body });
}

/** Waits until the page names the event that the receiver refused; returns its ID. */
async function untilRefused(page: Page): Promise<string> {
  const heading = page.getByRole("heading", { name: /^Skip event \d+$/ });
  await until(page, async () => (await heading.count()) === 1);
  return (await heading.innerText()).replace("Skip event ", "");
}

/** Opens the page of the stream again and again, until a condition holds. */
async function until(page: Page, isDone: () => Promise<boolean>): Promise<void> {
  const [url = ""] = /^.*\/streams\/\d+/.exec(page.url()) ?? [];
  for (const end = Date.now() + TIMEOUT_MS; !(await isDone());) {
    check(Date.now() < end, `Timed out waiting at ${page.url()}: ${await page.locator("main").innerText()}`);
    await page.waitForTimeout(500);
    await page.goto(url);
  }
}
