import type { DevServer } from "../dev-server.ts";
import type { Vars } from "../dev-vars.ts";
import { Failure } from "../run-script.ts";
import { Api } from "../../test/kit/api.ts";
import { auditLog } from "../../test/kit/audit-log.ts";
import { auditor } from "../../test/kit/auditor.ts";
import { check } from "../../test/kit/check.ts";
import type { Entry, SentEvent } from "../../test/kit/entry.ts";
import { followAll } from "../../test/kit/reading.ts";
import { startWebhookReceiver } from "../../test/kit/receiver.ts";
import { subscribeAll } from "../../test/kit/subscribing.ts";
import { count, secondsSince, print } from "../../test/kit/output.ts";
import { makeWorkspace } from "../../test/kit/workspace.ts";
import { printDelivered, printReader } from "./demo-report.ts";
import { ada, ben, SUBSCRIBERS } from "./fixtures.ts";
import { awaitDeliveries, type Destinations } from "./deliveries.ts";
import { makeEvents } from "./events.ts";
import { readHistory } from "./history.ts";
import { plainText } from "./plain-text.ts";
import { recordAll } from "./recording.ts";
import { startFakeBucket } from "./fake-bucket.ts";
import { startFakeSlack } from "./fake-slack.ts";
import { startFakeSplunk } from "./fake-splunk.ts";
import { checkStreams, createStreams, type Systems } from "./streaming.ts";
import { checkFollowed, checkHidden, checkListing } from "./visibility.ts";

const JOB_EVERY_SECONDS = 10;
const REFUSE_EVERY = 8;

/** Runs the service's main job, from the first event to the last notification. Throws if anything is wrong. */
export async function runDemo(vars: Vars, onOutput: (text: string) => void, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  await using workspace = await makeWorkspace(vars);
  await using service = await workspace.start({ jobEverySeconds: JOB_EVERY_SECONDS, onOutput, signal });
  await using receiver = await startWebhookReceiver(REFUSE_EVERY);
  await using slack = await startFakeSlack();
  await using splunk = await startFakeSplunk();
  await using bucket = await startFakeBucket();
  print(`Tidings runs at ${service.url} on a fresh local D1 and Queues (${secondsSince(start)}).`);
  const api = new Api(service.url, vars, signal);
  await Promise.race([runAll(api, { receiver, slack }, { splunk, bucket }, signal), failWhenEnded(service)]);
  print(`\nAll checks passed (${secondsSince(start)}).`);
}

async function runAll(api: Api, to: Destinations, systems: Systems, signal: AbortSignal): Promise<void> {
  await subscribe(api, to);
  await createStreams(api, systems);
  const history = await record(api, makeEvents());
  await read(api, history);
  await deliver(history, to, signal);
  await checkStreams(history, systems, signal);
  await audit(api, history, to);
}

/** Uses the first checkpoint that the receiver got with a webhook, if it got one. */
async function audit(api: Api, history: Entry[], { receiver }: Destinations): Promise<void> {
  const attempts = SUBSCRIBERS.flatMap(({ name }) => receiver.attemptsFor(name));
  const kept = attempts.find(({ checkpoint }) => checkpoint !== undefined)?.checkpoint;
  const report = await auditLog(api, history.length, kept === undefined ? [] : [kept]);
  print(`\nAn auditor verifies the log:\n${report.replace(/^/gm, "  | ")}`);
}

async function failWhenEnded({ ended }: DevServer): Promise<never> {
  throw new Failure(`The service ended with exit code ${await ended}.`);
}

async function subscribe(api: Api, { receiver, slack }: Destinations): Promise<void> {
  const secrets = await subscribeAll(api, SUBSCRIBERS, ({ type, name }) =>
    (type === "slack" ? slack : receiver).urlFor(name),
  );
  for (const [name, secret] of secrets) receiver.trust(name, secret);
  print(`Subscribed: ${SUBSCRIBERS.map(({ name }) => name).join(", ")}.`);
}

/** Records everything while ben follows the feed. */
async function record(api: Api, events: SentEvent[]): Promise<Entry[]> {
  const start = performance.now();
  let isOver = false;
  const recording = recordAll(api, events).finally(() => (isOver = true));
  const [recorded, followed] = await Promise.all([recording, followAll(api, ben, 25, () => isOver)]);
  const took = secondsSince(start);
  const history = await readHistory(api, events, recorded);
  const types = new Set(events.map(({ type }) => type)).size;
  print(
    `\nRecorded ${count(events.length, "event")} of ${types} types, with GitHub's webhook payloads as their data, in ` +
      `${count(recorded.requests, "request")} (${took}). ${recorded.repeated} were sent twice with one ` +
      `Idempotency-Key and recorded once.`,
  );
  checkFollowed(followed, ben, history);
  print(
    `Meanwhile ben followed the feed: ${count(followed.length, "event")} in order, without a gap and without repeats.`,
  );
  return history;
}

async function read(api: Api, history: Entry[]): Promise<void> {
  print("\nEach reader sees exactly the events that they may see, newest first:");
  printReader(auditor, count(history.length, "event"));
  for (const reader of [ada, ben]) {
    const all = await checkListing(api, reader, history);
    const scoped = await checkListing(api, reader, history, "payments");
    const hidden = await checkHidden(api, reader, history);
    printReader(
      reader,
      `${count(all.events.length, "event")} on ${count(all.pages, "page")} (${scoped.events.length} in the state ` +
        `project payments). Hidden (404 by ID): ${count(hidden, "event")}`,
    );
  }
}

async function deliver(history: Entry[], to: Destinations, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  const figures = await awaitDeliveries(history, to, signal);
  print(`\nEach receiver got the events of its subscription (${secondsSince(start)} more):`);
  for (const one of figures) printDelivered(one);
  check(
    figures.some(({ retried }) => retried > 0),
    "No delivery was sent again after a 503.",
  );
  const [message] = to.slack.messages;
  check(message !== undefined, "Slack received no message.");
  print(`\nOne of Slack's messages:\n${plainText(message).replace(/^/gm, "  | ")}`);
}
