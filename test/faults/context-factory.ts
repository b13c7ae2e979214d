import { env } from "cloudflare:workers";
import { contextFor, type Context } from "../../src/context.ts";
import { hintQueues } from "../../src/queue/producer.ts";
import type { BackgroundSlots } from "../../src/domain/deliveries/background-slots.ts";
import { ArchiveCache } from "../../src/bucket/archive-cache.ts";
import { openArchive } from "../../src/bucket/archive-objects.ts";
import { openLogCopy } from "../../src/bucket/log-copy.ts";
import { DestinationMemory } from "../../src/domain/deliveries/destination-memory.ts";
import { HintPace } from "../../src/domain/hint-pace.ts";
import { CopyWatch } from "../../src/domain/log/copy-watch.ts";
import { IdGuard } from "../../src/domain/log/id-guard.ts";
import { ArchiveMemory } from "../../src/store/archive-memory.ts";
import { noUsage, openDatabase } from "../../src/store/database.ts";
import { bucketOf } from "./bucket-steps.ts";
import type { Receipt, Receivers } from "./receivers.ts";
import type { Scenario } from "./scenario.ts";
import { simulatedSession } from "./simulated-session.ts";
import type { Invocation, Simulation } from "./simulation.ts";
import type { QueueName, Transport } from "./transport.ts";

const NEVER_MS = 10 * 60_000;

/** Makes what an isolate remembers of the log. No call to the bucket times out: its time is that of the simulation. */
function newIsolate() {
  return {
    logHintPace: new HintPace(),
    streamHintPace: new HintPace(),
    copyWatch: new CopyWatch(NEVER_MS),
    idGuard: new IdGuard(),
  };
}

/** Makes the Context of each invocation. Everything that an invocation waits for becomes a step of the simulation. */
export class ContextFactory {
  readonly #scenario: Pick<Scenario, "vars" | "copy">;
  readonly #simulation: Simulation;
  readonly #transport: Transport;
  readonly #receivers: Receivers;
  readonly #backgroundSlots: BackgroundSlots;
  /** All invocations share this memory, as in one isolate. */
  readonly #destinations = new DestinationMemory();
  readonly #isolate = newIsolate();
  readonly #archiveMemory = new ArchiveMemory();
  readonly #session = env.DB.withSession("first-primary");
  #ids = 0;

  constructor(
    scenario: Pick<Scenario, "vars" | "copy">,
    simulation: Simulation,
    transport: Transport,
    receivers: Receivers,
    backgroundSlots: BackgroundSlots,
  ) {
    this.#scenario = scenario;
    this.#simulation = simulation;
    this.#transport = transport;
    this.#receivers = receivers;
    this.#backgroundSlots = backgroundSlots;
  }

  create(invocation: Invocation): Context {
    const simulation = this.#simulation;
    const { vars, copy } = this.#scenario;
    const usage = noUsage();
    const bucket = bucketOf(simulation, invocation, env.ARCHIVE);
    return {
      ...contextFor({ ...env, ...vars }, { waitUntil: (work) => void invocation.background.push(work) }),
      db: openDatabase(simulatedSession(simulation, invocation, this.#session), usage, this.#archiveMemory),
      usage,
      backgroundSlots: this.#backgroundSlots,
      destinations: this.#destinations,
      ...(copy === "seen by new isolates" ? newIsolate() : this.#isolate),
      logCopy: copy === "none" ? undefined : openLogCopy(bucket),
      archive: openArchive(bucket, usage),
      archiveCache: new ArchiveCache(),
      hints: hintQueues({
        DELIVERIES: this.#queueOf("tidings-deliveries", invocation),
        RETRIES: this.#queueOf("tidings-retries", invocation),
        LOG: this.#queueOf("tidings-log", invocation),
        STREAMS: this.#queueOf("tidings-streams", invocation),
      }),
      now: () => simulation.now,
      random: () => 0.5,
      wait: (delayMs) => simulation.ask(invocation, { kind: "wait", name: `${delayMs} ms`, delayMs }, () => undefined),
      uuid: () => `${(this.#ids += 1)}`,
      fetch: (input, init) =>
        this.#fetch(invocation, new Request(input, { method: "POST", headers: init?.headers ?? {} }), init?.body),
      log: () => {},
    };
  }

  async #fetch(
    invocation: Invocation,
    { url, headers }: Request,
    sent: BodyInit | null | undefined,
  ): Promise<Response> {
    const simulation = this.#simulation;
    const body = sent instanceof Uint8Array ? new TextDecoder().decode(sent) : typeof sent === "string" ? sent : "";
    let arrived: Receipt | undefined;
    const receive = () => {
      const when = { at: simulation.now, leasedAt: invocation.startedAt };
      const { reply, receipt } = this.#receivers.receive({ url, headers, body }, when);
      arrived = receipt;
      return reply;
    };
    try {
      const reply = await simulation.ask(invocation, { kind: "fetch", name: url }, receive);
      const { afterMs: delayMs } = reply;
      const waits = { kind: "wait", name: `the response of ${url}` } as const;
      if (delayMs !== undefined) await simulation.ask(invocation, { ...waits, delayMs }, () => undefined);
      return new Response(reply.body === undefined ? null : streamOf(reply.body), { status: reply.status });
    } catch (error) {
      if (arrived !== undefined) arrived.isResponseLost = true;
      throw error;
    }
  }

  #queueOf(name: QueueName, invocation: Invocation): Queue {
    const queue: Pick<Queue, "sendBatch"> = {
      sendBatch: (messages) =>
        this.#simulation.ask(invocation, { kind: "queue", name }, () => {
          this.#transport.send(name, messages);
          return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
        }),
    };
    return queue as Queue; // the service calls only `sendBatch`
  }
}

/** A stream, because the runtime would read a text outside the simulation. */
function streamOf(text: string): ReadableStream {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}
