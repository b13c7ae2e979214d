import type { Context } from "../../context.ts";
import { claimSlackTurn, readSlackClosedUntil } from "../../store/subscriptions/slack-gates.ts";

/**
 * Claims the next turn at a Slack URL, and waits for it. A Slack URL takes one message a second from all senders
 * together. `claimedAt` is the time of the claim. If no turn is free until `latest`, returns at once: `nextAt` is the
 * time of the next free turn. Times are milliseconds since 1970. `destination` is a `destinationKey`.
 * @throws if D1 fails
 */
export async function waitForSlackTurn(
  { db, now, wait }: Pick<Context, "db" | "now" | "wait">,
  destination: string,
  latest: number,
): Promise<{ claimedAt: number } | { nextAt: number }> {
  const turn = await claimSlackTurn(db, destination, { now: now(), latest });
  if ("nextAt" in turn) return turn;
  const claimedAt = now();
  await wait(Math.max(0, turn.turnAt - claimedAt));
  return { claimedAt };
}

/**
 * The time until which a Slack URL takes no message, in milliseconds since 1970. It is in the past if the URL takes a
 * message now. While this consumer waited for its turn, Slack may have sent a Retry-After to another consumer.
 * @throws if D1 fails
 */
export async function readSlackPause(
  { db, now }: Pick<Context, "db" | "now">,
  destination: string,
  claimedAt: number,
): Promise<number> {
  return now() === claimedAt ? 0 : readSlackClosedUntil(db, destination);
}
