import { app } from "../../../src/api/app.ts";
import { now } from "../clock.ts";
import type { Event } from "../../../src/schemas/event.ts";
import { countEntries } from "../page-bound.ts";
import { SUBJECTS, type Cost, type Job, type Measurement, type SubjectName } from "./plan.ts";
import { recording } from "../requests.ts";
import { oneOfEight, sampleEvents, team } from "../sample-events.ts";
import { OPEN, type Opened } from "./subjects.ts";

/** Calls the apps inside the runtime, so that only the apps and D1 are measured. */
export default {
  async fetch(request, env, execution) {
    const job = await request.json<Job>();
    switch (job.do) {
      case "fill":
        await fill(env, execution, job.from, job.count);
        return Response.json({});
      case "probe":
        return Response.json(await probe(job.subject, env, execution));
      case "measure": {
        const subject = await open(job.subject, env, execution);
        return Response.json(await measure(subject, env, execution, job.concurrency, job.requests));
      }
    }
  },
} satisfies ExportedHandler<Env>;

const writeLine = console.log;
const opened = new Map<SubjectName, Opened>();

async function open(name: SubjectName, env: Env, execution: ExecutionContext): Promise<Opened> {
  const subject = opened.get(name) ?? (await OPEN[name](env, execution));
  opened.set(name, subject);
  return subject;
}

async function fill(env: Env, execution: ExecutionContext, from: number, count: number): Promise<void> {
  const request = recording(env, sampleEvents(from, count, oneOfEight("filled")));
  await send({ fetch: app.fetch, request, status: 200 }, env, execution);
}

async function probe(name: SubjectName, env: Env, execution: ExecutionContext): Promise<Cost> {
  const subject = await open(name, env, execution);
  const { body, headers } = await send(subject, { ...env, SERVER_TIMING: "true" }, execution);
  const timing = headers.get("Server-Timing") ?? "";
  return {
    rowsRead: numberIn(timing, /d1-rows-read;desc="([0-9]+)"/),
    rowsWritten: numberIn(timing, /d1-rows-written;desc="([0-9]+)"/),
    bytes: body.byteLength,
    entries: entriesIn(name, body),
  };
}

function entriesIn(name: SubjectName, body: ArrayBuffer): number {
  const subject = SUBJECTS.find((one) => one.name === name);
  if (subject === undefined || !("reads" in subject) || typeof subject.reads === "string") return 0;
  if (!("pageFor" in subject.reads)) return 0;
  const groups = Array.from({ length: subject.reads.pageFor }, (_, number) => team(number));
  return countEntries(JSON.parse(new TextDecoder().decode(body)) as Event[], groups);
}

async function measure(
  subject: Opened,
  env: Env,
  execution: ExecutionContext,
  concurrency: number,
  requests: number,
): Promise<Measurement> {
  let left = requests;
  const requestUntilDone = async () => {
    while (left-- > 0) await send(subject, env, execution);
  };
  console.log = subject.writesLog === true ? writeLine : () => undefined;
  const startedAt = await now();
  await Promise.all(Array.from({ length: concurrency }, requestUntilDone));
  return { milliseconds: (await now()) - startedAt };
}

async function send({ fetch, request, status }: Opened, env: Env, execution: ExecutionContext) {
  const response = await fetch(request(), env, execution);
  const body = await response.arrayBuffer();
  if (response.status !== status) throw new Error(`${response.status}: ${new TextDecoder().decode(body)}`);
  return { body, headers: response.headers };
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
