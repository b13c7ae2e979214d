import type { Database } from "../database.ts";
import type { Verdict } from "./settlement.ts";

/** docs.slack.dev, "Rate limits": incoming webhooks take one message a second. A little more, for the ways there differ. */
const INTERVAL_MS = 1050;

/** When a message may go to a URL; or, where its turn would come too late, when the next turn is to be had. */
export type SlackTurn = { turnAt: number } | { nextAt: number };

/** Takes the next turn at a Slack URL, if it comes by `latest`. A row that all consumers share keeps them apart. */
export async function takeSlackTurn(
  db: Database,
  url: string,
  { now, latest }: { now: number; latest: number },
): Promise<SlackTurn> {
  const [taken, gate] = await db.batch<{ next_at: number }>([
    db
      .prepare(
        `INSERT INTO slack_gates (url, next_at) VALUES (?1, ?2 + ${INTERVAL_MS})
        ON CONFLICT (url) DO UPDATE SET next_at = max(next_at, ?2) + ${INTERVAL_MS} WHERE next_at <= ?3
        RETURNING next_at`,
      )
      .bind(url, now, latest),
    db.prepare(`SELECT next_at FROM slack_gates WHERE url = ?1`).bind(url),
  ]);
  const [turn] = taken?.results ?? [];
  if (turn !== undefined) return { turnAt: turn.next_at - INTERVAL_MS };
  return { nextAt: gate?.results[0]?.next_at ?? latest };
}

/** For the settling batch: what Slack asked to wait goes for every message to that URL. */
export function closeSlackGates(db: Database, verdicts: Verdict[]): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE slack_gates SET next_at = max(next_at, j.value->>1) FROM json_each(?1) j WHERE slack_gates.url = j.value->>0`,
    )
    .bind(JSON.stringify(verdicts.map(({ url, notBefore }) => [url, notBefore])));
}

/** Deletes up to `limit` gates that have long stood open; answers how many. */
export async function purgeSlackGates(db: Database, before: number, limit: number): Promise<number> {
  const { meta } = await db
    .prepare(`DELETE FROM slack_gates WHERE url IN (SELECT url FROM slack_gates WHERE next_at < ?1 LIMIT ?2)`)
    .bind(before, limit)
    .run();
  return meta.changes;
}
