import { Api } from "../kit/api.ts";
import { auditor } from "../kit/auditor.ts";
import { check, checkSameIds } from "../kit/check.ts";
import { print } from "../kit/output.ts";
import { makeWorkspace } from "../kit/workspace.ts";
import type { Vars } from "../../scripts/dev-vars.ts";
import type { DevServer } from "../../scripts/dev-server.ts";

const READERS = 8;
const EVENTS = 1000;
const PAGE = 500;
/** One job moves only a part of a segment. */
const JOBS = 3;
const EVENTS_A_REQUEST = 25;
/**
 * The largest `data` that can be recorded: 32 KiB as JSON. One letter is not in Latin-1, so each character takes two
 * bytes of memory.
 */
const DATA = { text: `ж${"x".repeat(32 * 1024 - '{"text":"ж"}'.length - 1)}` };

/**
 * The largest events of which one query reads a whole page, which has less than 2 MB. The names have the maximum
 * length.
 */
const NAME = "名".repeat(255);
const WITHIN_ONE_QUERY = {
  username: NAME,
  inventory_project: NAME,
  inventory_application: NAME,
  inventory_version: NAME,
  state_project: "names",
  state_environment: NAME,
  state_deployment: NAME,
  data: { text: `ж${"x".repeat(3900)}` },
};

/** With the other events, these are more than the smallest segment of the archive. */
const MORE_EVENTS = 3000;
/** One event of each request is small, and in a project of its own. So a page of them needs many large bundles. */
const SCATTERED = MORE_EVENTS / EVENTS_A_REQUEST;

const LISTING = "/api/v1/events/query/";

interface Reading {
  what: string;
  path: string;
  accept: string;
  /** Returns the IDs of the events in a body. */
  idsIn: (body: string) => string[];
  newestFirst: boolean;
  count: number;
}

const idsInJson = (body: string) => (JSON.parse(body) as { id: string }[]).map(({ id }) => id);
const idsInLines = (body: string) =>
  body
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { id: string }).id);
const idsInCsv = (body: string) => [...body.matchAll(/^"?(\d+)"?,"?ADD_BUILD/gm)].map(([, id]) => id ?? "");
const idsInMessages = (body: string) => [...body.matchAll(/^id: (\d+)\ndata: \{/gm)].map(([, id]) => id ?? "");
const idsInHtml = (body: string) => [...body.matchAll(/href="\/events\/(\d+)"/g)].map(([, id]) => id ?? "");

const page = { accept: "application/json", idsIn: idsInJson, newestFirst: true, count: PAGE };
const whole = { newestFirst: true, count: EVENTS };
const READINGS: Reading[] = [
  { what: "the newest page", path: `${LISTING}?page_size=${PAGE}`, ...page },
  { what: "a page with a filter", path: `${LISTING}?page_size=${PAGE}&type=ADD_BUILD&state_project=shop`, ...page },
  {
    what: "a page after an ID",
    path: `${LISTING}?page_size=${PAGE}&page_after=0&state_project=shop`,
    ...page,
    newestFirst: false,
  },
  {
    what: "a page of CloudEvents",
    path: `${LISTING}?page_size=${PAGE}`,
    ...page,
    accept: "application/cloudevents-batch+json",
  },
  {
    what: "a download of NDJSON",
    path: `${LISTING}project/shop/`,
    ...whole,
    accept: "application/x-ndjson",
    idsIn: idsInLines,
  },
  { what: "a download of CSV", path: `${LISTING}project/shop/`, ...whole, accept: "text/csv", idsIn: idsInCsv },
  {
    what: "a live stream",
    path: `${LISTING}project/shop/?page_after=0&limit=${EVENTS}`,
    ...whole,
    accept: "text/event-stream",
    idsIn: idsInMessages,
    newestFirst: false,
  },
  { what: "a page that one query reads", path: `${LISTING}project/names/?page_size=${PAGE}`, ...page },
  { what: "another", path: `${LISTING}project/names/?page_size=${PAGE}&page_after=0`, ...page, newestFirst: false },
  {
    what: "a page of scattered events",
    path: `${LISTING}project/scattered/?page_size=${SCATTERED}`,
    ...page,
    count: SCATTERED,
  },
  { what: "a page of the console", path: `/?page_size=${PAGE}`, ...page, accept: "text/html", idsIn: idsInHtml },
];

interface Play {
  vars: Vars;
  onOutput: (text: string) => void;
  signal: AbortSignal;
}

/**
 * Records events of the maximum size, and lets eight readers of each kind read them at the same time. At the end, one
 * reader of each kind reads at the same time. Then moves the events to the archive, and lets all read again.
 */
export async function readAtOnce({ vars, onOutput, signal }: Play): Promise<void> {
  await using workspace = await makeWorkspace(vars);
  await using server = await workspace.start({ jobEverySeconds: 3600, onOutput, signal });
  const api = new Api(server.url, vars, signal);
  await record(api, PAGE, () => WITHIN_ONE_QUERY);
  await record(api, EVENTS, () => ({ state_project: "shop", data: DATA }));
  await record(api, MORE_EVENTS, (place) => (place === 0 ? { state_project: "scattered" } : { data: DATA }));
  print(`${EVENTS + MORE_EVENTS} events, most of them of 32 KiB, are recorded.`);
  await readAll(api);
  await archive(server, api);
  await readAll(api);
}

/** @param fieldsAt the fields of the event at this place of a request, besides its type */
async function record(api: Api, count: number, fieldsAt: (place: number) => object): Promise<void> {
  for (let recorded = 0; recorded < count; recorded += EVENTS_A_REQUEST) {
    const events = Array.from({ length: EVENTS_A_REQUEST }, (_, place) => ({ type: "ADD_BUILD", ...fieldsAt(place) }));
    await api.asProducer("/internal/create-event", { method: "POST", body: JSON.stringify(events) });
  }
}

/** Runs the scheduled job until the oldest events are in the archive, and no longer in D1. */
async function archive({ url }: DevServer, api: Api): Promise<void> {
  const startedAt = Date.now();
  for (let jobs = 1; jobs <= JOBS; jobs++) {
    await (await fetch(`${url}/cdn-cgi/handler/scheduled`, { signal: api.signal })).arrayBuffer();
  }
  const { headers } = await api.asReader(auditor, `${LISTING}?page_after=0&page_size=1`);
  check(/r2;desc="[1-9]/.test(headers.get("Server-Timing") ?? ""), "The oldest event is not in the archive.");
  print(`The events were moved to the archive in ${Date.now() - startedAt} ms.`);
}

async function readAll(api: Api): Promise<void> {
  for (const reading of READINGS) {
    const readings = Array.from({ length: READERS }, () => reading);
    await together(api, readings);
  }
  await together(api, READINGS);
}

async function together(api: Api, readings: Reading[]): Promise<void> {
  const startedAt = Date.now();
  const bytes = await Promise.all(readings.map((reading) => readWhole(api, reading)));
  const megabytes = Math.round(bytes.reduce((sum, length) => sum + length) / 1e6);
  const what = [...new Set(readings.map((reading) => reading.what))];
  print(`  ${readings.length} at once, ${megabytes} MB in ${Date.now() - startedAt} ms: ${what.join(", ")}.`);
}

async function readWhole(api: Api, { what, path, accept, idsIn, newestFirst, count }: Reading): Promise<number> {
  const response = await api.asReader(auditor, path, { headers: { Accept: accept, "X-Escape-Token": "" } });
  const body = await response.text();
  const ids = idsIn(body);
  check(ids.length === count, `${what} has ${ids.length} events where ${count} were expected.`);
  const inOrder = ids.toSorted((one, other) =>
    newestFirst ? Number(other) - Number(one) : Number(one) - Number(other),
  );
  checkSameIds(what, ids, inOrder);
  return body.length;
}
