import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { archiveTo, forgetTo } from "./archive-to.ts";
import type { SentEvent } from "./factories.ts";
import type { RecordedEvent } from "./model.ts";

type Move = (history: RecordedEvent[]) => Promise<void>;

/** Where the events of a model's history are, and what moves them there. Each model runs with each of them. */
export const HISTORIES: [string, Move][] = [
  ["in D1", async () => {}],
  ["partly in the archive", moveSome],
];

/** Moves some of the oldest events to the archive. The history itself decides how many, and what D1 forgets. */
async function moveSome(history: RecordedEvent[]): Promise<void> {
  const chance = JSON.stringify(history.map((event) => ({ ...event, id: undefined }))).length;
  const segments = chance % 4;
  for (let segment = 1; segment <= segments; segment++) {
    const last = history[Math.floor((history.length * segment * (1 + (chance % 3))) / 10)];
    if (last === undefined) return;
    await archiveTo(last.id, { forget: false, keepUpTo: (chance + segment) % 3 });
    if ((chance + segment) % 5 > 0) await forgetTo(last.id, ["feed_entries"]);
    if ((chance + segment) % 5 > 1) await forgetTo(last.id);
  }
}

export function recordAllBy(record: (body: unknown) => Promise<Response>, move: Move) {
  /** Records the requests in turn, and moves some of the events. Returns `history` and the new events. */
  return async function recordAll(requests: SentEvent[][], history: RecordedEvent[] = []): Promise<RecordedEvent[]> {
    const sent = requests.flat().map((event, index) => ({ ...event, username: `event ${history.length + index}` }));
    let start = 0;
    for (const { length } of requests) {
      expect((await record(sent.slice(start, start + length))).status).toBe(200);
      start += length;
    }
    const { results } = await env.DB.prepare("SELECT username, id FROM events").all<{ username: string; id: number }>();
    const ids = new Map(results.map(({ username, id }) => [username, id]));
    const all = [...history, ...sent.map((event) => ({ ...event, id: ids.get(event.username) ?? Number.NaN }))];
    await move(all);
    return all;
  };
}
