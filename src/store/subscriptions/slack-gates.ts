import type { Database } from "../database.ts";

/** docs.slack.dev, "Rate limits": incoming webhooks take one message a second. A little more, for the ways there differ. */
const INTERVAL_MS = 1050;

/** When a message may go to a URL; or, where its turn would come too late, when the next turn is to be had. */
export type SlackTurn = { turnAt: number } | { nextAt: number };

/** Takes the next turn at a Slack destination, if it comes by `latest`. A row that all consumers share keeps them apart. */
export async function claimSlackTurn(
  db: Database,
  destination: string,
  { now, latest }: { now: number; latest: number },
): Promise<SlackTurn> {
  const [taken, gate] = await db.batch<{ next_send_at: number }>([
    db
      .prepare(
        `INSERT INTO slack_gates (url, next_send_at) VALUES (?1, ?2 + ${INTERVAL_MS})
        ON CONFLICT (url) DO UPDATE SET next_send_at = max(next_send_at, closed_until, ?2) + ${INTERVAL_MS}
        WHERE max(next_send_at, closed_until) <= ?3
        RETURNING next_send_at`,
      )
      .bind(destination, now, latest),
    db
      .prepare(`SELECT max(next_send_at, closed_until) AS next_send_at FROM slack_gates WHERE url = ?1`)
      .bind(destination),
  ]);
  const [turn] = taken?.results ?? [];
  if (turn !== undefined) return { turnAt: turn.next_send_at - INTERVAL_MS };
  return { nextAt: gate?.results[0]?.next_send_at ?? latest };
}

/** Until when nothing may go to a Slack destination, not even what has a turn: milliseconds since 1970, maybe past. */
export async function readSlackClosedUntil(db: Database, destination: string): Promise<number> {
  const { results } = await db
    .prepare(`SELECT closed_until FROM slack_gates WHERE url = ?1`)
    .bind(destination)
    .all<{ closed_until: number }>();
  return results[0]?.closed_until ?? 0;
}

/** What Slack asked to wait goes for every message to that destination. */
export async function closeSlackGate(db: Database, destination: string, until: number): Promise<void> {
  await db
    .prepare(
      `INSERT INTO slack_gates (url, next_send_at, closed_until) VALUES (?1, ?2, ?2)
      ON CONFLICT (url) DO UPDATE SET closed_until = max(closed_until, ?2)`,
    )
    .bind(destination, until)
    .run();
}
