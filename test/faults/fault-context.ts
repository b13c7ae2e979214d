import { env } from "cloudflare:workers";
import { contextFor, type Context } from "../../src/context.ts";
import { hintQueues } from "../../src/queue/producer.ts";
import type { BackgroundSlots } from "../../src/domain/deliveries/background-slots.ts";
import { openLogCopy } from "../../src/bucket/log-copy.ts";
import { CopyWatch } from "../../src/domain/log/copy-watch.ts";
import { IdGuard } from "../../src/domain/log/id-guard.ts";
import { LogHintPace } from "../../src/domain/hint-log.ts";
import { noUsage, openDatabase } from "../../src/store/database.ts";
import type { Receipt, Receivers } from "./receivers.ts";
import { bucketOf } from "./bucket-steps.ts";
import type { Scenario } from "./scenario.ts";
import { sessionOf } from "./session.ts";
import type { Invocation, Simulation } from "./simulation.ts";
import type { QueueName, Transport } from "./transport.ts";

/** What an isolate keeps in memory of the log. A call to the bucket takes no time but the simulation's. */
function newIsolate() {
  return { logHintPace: new LogHintPace(), copyWatch: new CopyWatch(NEVER_MS), idGuard: new IdGuard() };
}

const NEVER_MS = 10 * 60_000;

/** What invocations reach the world through: everything that they wait for is a step of the simulation. */
export class Door {
  readonly #scenario: Pick<Scenario, "vars" | "copy">;
  readonly #simulation: Simulation;
  readonly #transport: Transport;
  readonly #receivers: Receivers;
  readonly #backgroundSlots: BackgroundSlots;
  readonly #isolate = newIsolate();
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

  contextOf(invocation: Invocation): Context {
    const simulation = this.#simulation;
    const { vars, copy } = this.#scenario;
    const usage = noUsage();
    return {
      ...contextFor({ ...env, ...vars }, { waitUntil: (work) => void invocation.background.push(work) }),
      db: openDatabase(sessionOf(simulation, invocation, this.#session), usage),
      usage,
      backgroundSlots: this.#backgroundSlots,
      ...(copy === "seen by new isolates" ? newIsolate() : this.#isolate),
      logCopy: copy === "none" ? undefined : openLogCopy(bucketOf(simulation, invocation, env.ARCHIVE)),
      hints: hintQueues({
        DELIVERIES: this.#queueOf("tidings-deliveries", invocation),
        RETRIES: this.#queueOf("tidings-retries", invocation),
        LOG: this.#queueOf("tidings-log", invocation),
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
    const body = typeof sent === "string" ? sent : "";
    let arrived: Receipt | undefined;
    const receive = () => {
      const when = { at: simulation.now, leasedAt: invocation.startedAt };
      const { answer, receipt } = this.#receivers.receive({ url, headers, body }, when);
      arrived = receipt;
      return answer;
    };
    try {
      const answer = await simulation.ask(invocation, { kind: "fetch", name: url }, receive);
      const { afterMs: delayMs } = answer;
      const answers = { kind: "wait", name: `${url} to answer` } as const;
      if (delayMs !== undefined) await simulation.ask(invocation, { ...answers, delayMs }, () => undefined);
      return new Response(answer.body === undefined ? null : streamOf(answer.body), { status: answer.status });
    } catch (error) {
      if (arrived !== undefined) arrived.isUnheard = true;
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
    return queue as Queue; // the service calls `sendBatch` alone
  }
}

/** A text would be read by the runtime's event loop, and not at the simulation's pace. */
function streamOf(text: string): ReadableStream {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}
