import type { Database } from "../database.ts";

/**
 * docs.slack.dev, "Rate limits": an incoming webhook takes one message a second. 50 ms are added, because latencies
 * vary.
 */
const INTERVAL_MS = 1050;

/**
 * `turnAt`: when the message may be sent. `nextAt`: the time of the next free turn, which is too late, so no turn was
 * claimed.
 */
export type SlackTurn = { turnAt: number } | { nextAt: number };

/**
 * Claims the next turn at a Slack destination, if that turn is not later than `latest`. All consumers share the
 * destination's row.
 */
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

/**
 * Returns the time until which no message may be sent to a Slack destination, even by a consumer with a turn. The time
 * is in milliseconds since 1970, and may be in the past.
 */
export async function readSlackClosedUntil(db: Database, destination: string): Promise<number> {
  const { results } = await db
    .prepare(`SELECT closed_until FROM slack_gates WHERE url = ?1`)
    .bind(destination)
    .all<{ closed_until: number }>();
  return results[0]?.closed_until ?? 0;
}

/** Records a Retry-After from Slack, which applies to every message to the destination. */
export async function closeSlackGate(db: Database, destination: string, until: number): Promise<void> {
  await db
    .prepare(
      `INSERT INTO slack_gates (url, next_send_at, closed_until) VALUES (?1, ?2, ?2)
      ON CONFLICT (url) DO UPDATE SET closed_until = max(closed_until, ?2)`,
    )
    .bind(destination, until)
    .run();
}
