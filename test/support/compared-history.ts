import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { contextFor, type Context } from "../../src/context.ts";
import { attemptDeliveries } from "../../src/domain/deliveries/attempt-deliveries.ts";
import { aSubscription, type SentEvent } from "./factories.ts";
import { PROJECT, type Command } from "./history-commands.ts";
import { KEY } from "./log.ts";
import { AUDITOR_GROUP } from "./model.ts";
import { moveAllHistory } from "./moved-history.ts";
import { askedOf, type Question } from "./reader-questions.ts";
import { aService } from "./service.ts";
import { forgetEverything } from "./tables.ts";
import { tokenOf } from "./tokens.ts";
import { openUnmoved } from "./unmoved.ts";

const OWNER = { groups: [`project:${PROJECT}:global:owner`, AUDITOR_GROUP] };
const START = Date.UTC(2026, 10, 23);

/** A service whose history is moved, and another one on a copy of its history that is never moved. */
export class ComparedHistory {
  readonly #vars: Partial<Env>;
  readonly #samples: SentEvent[];
  readonly #copy: Awaited<ReturnType<typeof openUnmoved>>;
  readonly #moved: ReturnType<typeof aService>;
  readonly #unmoved: ReturnType<typeof aService>;
  /** The first body of each delivery. */
  readonly #bodies = new Map<string, string>();
  #recorded = 0;

  private constructor(vars: Partial<Env>, samples: SentEvent[], copy: Awaited<ReturnType<typeof openUnmoved>>) {
    this.#vars = vars;
    this.#samples = samples;
    this.#copy = copy;
    this.#moved = this.#newService();
    this.#unmoved = this.#newService({ DB: copy.db });
  }

  static async open({ hasLog, samples }: { hasLog: boolean; samples: SentEvent[] }): Promise<ComparedHistory> {
    vi.setSystemTime(START);
    await forgetEverything();
    const vars = { AUDITOR_GROUPS: AUDITOR_GROUP, ...(hasLog && { LOG_KEY: KEY.privateKey }) };
    const world = new ComparedHistory(vars, samples, await openUnmoved());
    const subscription = aSubscription({ event_types: ["TEAM_DELETED"] });
    expect((await world.#moved.subscribe(PROJECT, [subscription], [AUDITOR_GROUP])).status).toBe(200);
    return world;
  }

  /** A service in a new isolate. The edge cache has nothing for it, because the token is part of that cache's keys. */
  #newService(bindings: Partial<Env> = {}) {
    return aService({ ...this.#vars, INTERNAL_TOKEN: crypto.randomUUID(), ...bindings });
  }

  async run(command: Command): Promise<void> {
    vi.setSystemTime(Date.now() + 40_000);
    switch (command.kind) {
      case "record":
        await this.#record(command);
        return;
      case "skip IDs":
        await env.DB.prepare("UPDATE sqlite_sequence SET seq = seq + CAST(?1 AS INTEGER) WHERE name = 'events'")
          .bind(command.count)
          .run();
        return;
      case "sweep":
        await this.#moved.sweep();
        await this.#copy.follow();
        return;
      case "move": {
        const { questions, kind: _, ...move } = command;
        await Promise.all([moveAllHistory({ ...move, bindings: this.#vars }), this.#compare(questions)]);
        await this.#compare(questions);
        return;
      }
      case "ask":
        await this.#compare(command.questions);
        return;
      case "redeliver":
        await this.#redeliver(command.pick);
    }
  }

  /** The number of moved segments. */
  async countSegments(): Promise<number> {
    return (await env.DB.prepare("SELECT count(*) AS segments FROM archive_segments").first<number>("segments")) ?? 0;
  }

  /** Half of the samples are rare, so some feeds have only a few events in a segment. */
  async #record({ count, start, step }: Command & { kind: "record" }): Promise<void> {
    const common = Math.ceil(this.#samples.length / 2);
    const events = Array.from({ length: count }, (_, index) => {
      const number = this.#recorded++;
      const place = number % 23 === 0 ? common + number / 23 : (start + index * step) % common;
      const sample = this.#samples[place % this.#samples.length];
      return {
        ...sample,
        type: number % 3 === 0 ? "TEAM_DELETED" : "USER_SIGNUP",
        timestamp: `${10 * number}`,
        username: `user ${number % 5}`,
        data: { number, text: 'a\r\nb\u2028\u0085c, "d" é 🛍️' },
      };
    });
    expect((await this.#moved.record(events)).status).toBe(200);
    await this.#attempt("SELECT id FROM deliveries WHERE state = 'pending' ORDER BY id");
    await this.#copy.follow();
  }

  /** Attempts deliveries. Each must have the same body each time. */
  async #attempt(select: string): Promise<void> {
    const { results } = await env.DB.prepare(select).all<{ id: number }>();
    const work: Promise<unknown>[] = [];
    const lines: string[] = [];
    const context: Context = {
      ...contextFor({ ...env, ...this.#vars }, { waitUntil: (more) => void work.push(more) }),
      log: (line) => void ("error" in line && lines.push(JSON.stringify(line))),
      fetch: async (_, init) => {
        const id = new Headers(init?.headers).get("webhook-id") ?? "";
        const body = await new Response(init?.body ?? null).text();
        expect(body).toBe(this.#bodies.get(id) ?? body);
        this.#bodies.set(id, body);
        return new Response("ok");
      },
    };
    for (let start = 0; start < results.length; start += 100) {
      await attemptDeliveries(
        context,
        results.slice(start, start + 100).map(({ id }) => id),
      );
    }
    await Promise.all(work);
    const failed = await env.DB.prepare(
      `SELECT state, number, outcome, status, reason FROM deliveries LEFT JOIN attempts ON delivery_id = deliveries.id
      WHERE state <> 'delivered'`,
    ).all();
    expect(failed.results, lines.join("\n")).toEqual([]);
  }

  async #redeliver(pick: number): Promise<void> {
    const { results } = await env.DB.prepare("SELECT id FROM deliveries ORDER BY id").all<{ id: number }>();
    const id = results[pick % results.length]?.id;
    if (id === undefined) return;
    const headers = { Authorization: `Bearer ${await tokenOf(OWNER)}` };
    const path = `/api/v1/events/deliveries/${id}/redeliver`;
    expect((await this.#moved.request(path, { method: "POST", headers })).status).toBe(202);
    await this.#attempt(`SELECT ${id} AS id`);
    await this.#copy.follow();
  }

  /** Asks both services. The moved one must answer the same, with its caches and without any. */
  async #compare(questions: readonly Question[]): Promise<void> {
    const ids = (await env.UNMOVED.prepare("SELECT id FROM events ORDER BY id").raw<[number]>()).map(([id]) => id);
    for (const question of questions) {
      const expected = await askedOf(this.#unmoved, question, ids);
      const service = question.isCold ? this.#newService() : this.#moved;
      expect(await askedOf(service, question, ids), JSON.stringify(question)).toEqual(expected);
    }
  }
}
