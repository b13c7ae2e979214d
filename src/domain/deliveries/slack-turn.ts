import { destinationOf } from "../../channels/destination.ts";
import type { Context } from "../../context.ts";
import { claimSlackTurn, readSlackClosedUntil } from "../../store/subscriptions/slack-gates.ts";

/**
 * Claims the next turn at a Slack URL, which takes one message a second from all senders together, and waits for it.
 * Returns when the turn was claimed; or, without waiting, when the next one is free, if that is after `latest`. Times are
 * milliseconds since 1970.
 * @throws if D1 fails
 */
export async function waitForSlackTurn(
  { db, now, wait }: Pick<Context, "db" | "now" | "wait">,
  url: string,
  latest: number,
): Promise<{ claimedAt: number } | { nextAt: number }> {
  const turn = await claimSlackTurn(db, destinationOf(url), { now: now(), latest });
  if ("nextAt" in turn) return turn;
  const claimedAt = now();
  await wait(Math.max(0, turn.turnAt - claimedAt));
  return { claimedAt };
}

/**
 * Until when a Slack URL takes no message, because Slack responded with a Retry-After to any consumer while this one
 * waited for its turn. Milliseconds since 1970; in the past if the URL is open.
 * @throws if D1 fails
 */
export async function closedDuringWait(
  { db, now }: Pick<Context, "db" | "now">,
  url: string,
  claimedAt: number,
): Promise<number> {
  return now() === claimedAt ? 0 : readSlackClosedUntil(db, destinationOf(url));
}
