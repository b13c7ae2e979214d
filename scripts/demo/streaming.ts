import { isDeepStrictEqual } from "node:util";
import { setTimeout as delay } from "node:timers/promises";
import type { Event } from "../../src/schemas/event.ts";
import type { Api } from "../../test/kit/api.ts";
import { AUDITORS } from "../../test/kit/auditor.ts";
import { check } from "../../test/kit/check.ts";
import type { Entry } from "../../test/kit/entry.ts";
import { count, print, secondsSince } from "../../test/kit/output.ts";
import { maySee } from "../../test/kit/rules.ts";
import type { ReaderClaims } from "../reader-token.ts";
import { BUCKET_KEYS, type FakeBucket } from "./fake-bucket.ts";
import { SPLUNK_TOKEN, type FakeSplunk } from "./fake-splunk.ts";

export const OPERATORS = "operators";
const WAIT_SECONDS = 30;

/** Sees what payments-team sees, and may create streams for this group. */
const olga: ReaderClaims = { user: "olga", groups: [OPERATORS, "payments-team"] };
/** May create a stream of everything. */
const omar: ReaderClaims = { user: "omar", groups: [OPERATORS, AUDITORS] };

export interface Systems {
  splunk: FakeSplunk;
  bucket: FakeBucket;
}

/** Creates one stream to each system. They begin with the first event that is recorded after this. */
export async function createStreams(api: Api, { splunk, bucket }: Systems): Promise<void> {
  await create(api, olga, {
    name: "payments in Splunk",
    kind: "splunk_hec",
    destination: { url: splunk.url, token: SPLUNK_TOKEN, sourcetype: "tidings" },
    allowed_groups: ["payments-team"],
  });
  await create(api, omar, {
    name: "everything in S3",
    kind: "s3",
    destination: { endpoint: bucket.endpoint, region: "auto", bucket: "audit", prefix: "trail", ...BUCKET_KEYS },
  });
  print("Streams: payments in Splunk (payments-team), everything in S3 (as an auditor).");
}

async function create(api: Api, operator: ReaderClaims, stream: object): Promise<void> {
  const body = JSON.stringify(stream);
  await api.asReader(operator, "/api/v1/events/streams/", { method: "POST", body, expected: 201 });
}

/** Waits until both systems have every event, and checks that they have exactly the events of their stream, in order. */
export async function checkStreams(history: Entry[], systems: Systems, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  const { splunk, bucket } = systems;
  const forSplunk = history.filter(({ sent }) => maySee(olga, sent)).map(({ served }) => served);
  const forBucket = history.map(({ served }) => served);
  const isDone = () => splunk.entries.length >= forSplunk.length && inOrder(bucket).length >= forBucket.length;
  const deadline = Date.now() + WAIT_SECONDS * 1000;
  while (!isDone() && faultsOf(systems).length === 0 && Date.now() < deadline) {
    await delay(100, undefined, { signal });
  }
  check(faultsOf(systems).length === 0, faultsOf(systems).join("\n"));
  const inSplunk = splunk.entries.map(({ event }) => event);
  checkSame("Splunk", inSplunk, forSplunk);
  checkSame("S3", inOrder(bucket), forBucket);
  checkTimes(splunk);
  checkNames(bucket);
  check(splunk.isRepeated, "After the 503, Splunk did not get the same batch again.");
  print(`\nEach stream sent exactly its events, in order, without a gap (${secondsSince(start)} more):`);
  print(
    `  Splunk  ${count(inSplunk.length, "event")} in ${count(splunk.batches + 1, "request")}. The first batch got a ` +
      `503 and came again unchanged. Withheld: ${count(forBucket.length - forSplunk.length, "event")}`,
  );
  print(
    `  S3      ${count(forBucket.length, "event")} in ${count(bucket.objects.size, "object")}, whose names say which ` +
      `events they hold. Every event is as the API serves it`,
  );
}

function faultsOf({ splunk, bucket }: Systems): string[] {
  return [...splunk.faults, ...bucket.faults];
}

/** The events of all objects. The objects' names sort as the events do. */
function inOrder({ objects }: FakeBucket): Event[] {
  return [...objects].toSorted(([one], [other]) => (one < other ? -1 : 1)).flatMap(([, events]) => events);
}

function checkSame(system: string, arrived: { id: string }[], expected: Event[]): void {
  const ids = arrived.map(({ id }) => id).join();
  check(ids === expected.map(({ id }) => id).join(), `${system} holds other events than its stream, or another order.`);
  const wrong = expected.find((event, index) => !isDeepStrictEqual(arrived[index], event));
  check(wrong === undefined, `${system} holds event ${wrong?.id}, but not as the API serves it.`);
}

/** Splunk's `time` is the event's time in seconds. A JSON number cannot hold all of the nanoseconds. */
function checkTimes({ entries }: FakeSplunk): void {
  const wrong = entries.find(({ time, event }) => Math.abs(time - Number(event.timestamp) / 1e9) > 1e-6);
  check(wrong === undefined, `Event ${wrong?.event.id} has another time in Splunk.`);
}

/** An object's name ends with the IDs of its first and its last event. */
function checkNames({ objects }: FakeBucket): void {
  for (const [name, events] of objects) {
    const [, first, last] =
      /^audit\/trail\/\d+\/\d{4}\/\d\d\/\d\d\/\d\d\/(\d{16})-(\d{16})\.ndjson\.gz$/.exec(name) ?? [];
    check(
      Number(first) === Number(events[0]?.id) && Number(last) === Number(events.at(-1)?.id),
      `The object ${name} holds the events from ${events[0]?.id} to ${events.at(-1)?.id}.`,
    );
  }
}
