import { scheduler } from "node:timers/promises";
import { signReaderToken } from "../../../scripts/reader-token.ts";
import { TEAMS, team } from "../sample-events.ts";
import type { Workerd } from "../history/workerd.ts";

const TRIES = 5;
const RETRY_MS = 500;

/** A subscription in the form of an owner's `GET`. */
export interface Entry {
  id?: string;
  type: "webhook";
  url: string;
  enabled?: boolean;
  status?: string;
}

/** The service over HTTP, for a producer and an owner. */
export class Service {
  readonly #url: URL;
  readonly #vars: Record<string, string>;

  constructor({ url }: Workerd, vars: Record<string, string>) {
    this.#url = url;
    this.#vars = vars;
  }

  /** Repeats the request if there was no response or a 5xx. @throws after the last try, and for a 4xx. */
  async record(events: object[]): Promise<void> {
    const key = crypto.randomUUID();
    for (let tries = 1; ; tries++) {
      const response = await fetch(new URL("/internal/create-event", this.#url), {
        method: "POST",
        headers: {
          Authorization: `Bearer ${this.#vars["INTERNAL_TOKEN"]}`,
          "Content-Type": "application/json",
          "Idempotency-Key": key,
        },
        body: JSON.stringify(events),
      }).catch(() => undefined);
      const answer = await response?.text();
      if (response?.ok === true) return;
      if (tries === TRIES || (response !== undefined && response.status < 500)) {
        throw new Error(`recording: ${response?.status ?? "no response"}: ${answer}`);
      }
      await scheduler.wait(RETRY_MS);
    }
  }

  /** Changes the set of a project like a program, which reads it with `GET` first. */
  async changeSet(project: string, change: (set: Entry[]) => Entry[]): Promise<Entry[]> {
    const path = `/api/v1/events/subscriptions/project/${project}/`;
    const set = (await this.#asOwner(project, path, "GET")) as Entry[];
    return (await this.#asOwner(project, path, "PUT", change(set))) as Entry[];
  }

  /** Starts a recovery of the failed deliveries. */
  async recoverFailed(project: string, id: string): Promise<void> {
    const path = `/api/v1/events/subscriptions/project/${project}/${id}/recover`;
    await this.#asOwner(project, path, "POST", { from: "0", which: "failed" });
  }

  async #asOwner(project: string, path: string, method: string, body?: unknown): Promise<unknown> {
    const groups = [...Array.from({ length: TEAMS }, (_, number) => team(number)), `project:${project}:global:owner`];
    const token = await signReaderToken({ JWT_SECRET: this.#vars["JWT_SECRET"] }, { user: "ada", groups });
    const response = await fetch(new URL(path, this.#url), {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} responded with ${response.status}: ${await response.text()}`);
    return response.json();
  }
}
