import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { SentEvent } from "./factories.ts";
import type { RecordedEvent } from "./model.ts";

export function recordAllBy(record: (body: unknown) => Promise<Response>) {
  /** Records the requests in turn. Returns `history` and the new events. */
  return async function recordAll(requests: SentEvent[][], history: RecordedEvent[] = []): Promise<RecordedEvent[]> {
    const sent = requests.flat().map((event, index) => ({ ...event, username: `event ${history.length + index}` }));
    let start = 0;
    for (const { length } of requests) {
      expect((await record(sent.slice(start, start + length))).status).toBe(200);
      start += length;
    }
    const { results } = await env.DB.prepare("SELECT username, id FROM events").all<{ username: string; id: number }>();
    const ids = new Map(results.map(({ username, id }) => [username, id]));
    return [...history, ...sent.map((event) => ({ ...event, id: ids.get(event.username) ?? Number.NaN }))];
  };
}
