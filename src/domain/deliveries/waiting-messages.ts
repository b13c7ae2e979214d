import type { Context } from "../../context.ts";
import { Connections, type Rank, type Reservation } from "./connections.ts";
import type { KnownAttempt } from "./destination-memory.ts";
import type { Dispatch } from "./dispatches.ts";

/** A busy isolate gives up messages for unhealthy receivers whose last attempt took this time or longer. */
const TOO_SLOW_MS = 1000;
/** Seconds until the deliveries of these messages are due again. */
const GIVEN_UP_SECONDS = 30;
/**
 * If no message for a healthy receiver was sent for this time, these messages are stuck behind slow receivers. A busy
 * isolate also gives up messages for a receiver that has not responded for this time.
 */
const STUCK_MS = 250;

/** A message that has not been sent. */
export interface WaitingMessage {
  dispatch: Dispatch;
  reservation: Reservation;
  /** Releases its deliveries without an attempt. They are due again after `delaySeconds`, or later. */
  release: (delaySeconds: number) => void;
}

/** The messages of a batch that were neither sent nor given up. Each has a reserved connection. */
export class WaitingMessages {
  readonly #context: Pick<Context, "now" | "destinations">;
  readonly #connections = new Connections();
  readonly #messages = new Set<WaitingMessage>();
  /** When a message for a healthy receiver was last sent. */
  #lastSentAt: number;

  constructor(context: Pick<Context, "now" | "destinations">) {
    this.#context = context;
    this.#lastSentAt = context.now();
  }

  add(dispatch: Dispatch, release: WaitingMessage["release"]): WaitingMessage {
    const reservation = this.#connections.reserve({ project: dispatch.project, rank: this.#rankOf(dispatch) });
    const message = { dispatch, reservation, release };
    this.#messages.add(message);
    return message;
  }

  /** Returns false if the message was given up, and must not be sent. */
  start(message: WaitingMessage): boolean {
    if (!this.isUnhealthy(message.dispatch)) this.#lastSentAt = this.#context.now();
    return this.#messages.delete(message);
  }

  giveUp(message: WaitingMessage, delaySeconds: number): void {
    if (this.remove(message)) message.release(delaySeconds);
  }

  /** Returns true if the message was still waiting. */
  remove(message: WaitingMessage): boolean {
    message.reservation.cancel();
    return this.#messages.delete(message);
  }

  /**
   * Gives up messages for healthy receivers that are stuck behind slow ones, so that another invocation can send them
   * at once. If this isolate is busy, also gives up messages for slow receivers.
   */
  giveUpStuck({ isBusy }: { isBusy: boolean }): void {
    const isStuck = this.#context.now() - this.#lastSentAt >= STUCK_MS;
    for (const message of this.#messages) {
      const { dispatch } = message;
      if (dispatch.message.type === "slack") continue; // a Slack message waits for its turn, not for a connection
      if (!this.isUnhealthy(dispatch)) {
        if (isStuck) this.giveUp(message, 0);
      } else if (isBusy && this.#isTooSlow(dispatch)) this.giveUp(message, GIVEN_UP_SECONDS);
    }
  }

  /** Gives up messages for receivers whose last attempt took too long, or already takes too long. */
  giveUpSlow(): void {
    for (const message of this.#messages) {
      const { message: outgoing, destination } = message.dispatch;
      const last = this.#lastAttempt(destination);
      if (outgoing.type !== "slack" && last !== undefined && tookTooLong(last)) this.giveUp(message, GIVEN_UP_SECONDS);
    }
  }

  /** True if the receiver's last attempt failed (stored in D1) or was slow (remembered by this isolate). */
  isUnhealthy(dispatch: Dispatch): boolean {
    const rank = this.#rankOf(dispatch);
    return rank === "failing" || rank === "slow";
  }

  #rankOf({ isFailing, destination }: Dispatch): Rank {
    const { destinations, now } = this.#context;
    if (destinations.isSlow(destination, now())) return "slow";
    if (isFailing) return "failing";
    return this.#lastAttempt(destination) === undefined ? "unknown" : "prompt";
  }

  /**
   * If this isolate remembers no attempt at a failing receiver, that receiver may hang. A receiver that fails fast
   * costs little.
   */
  #isTooSlow({ isFailing, destination }: Dispatch): boolean {
    const last = this.#lastAttempt(destination);
    return last === undefined ? isFailing : tookTooLong(last);
  }

  #lastAttempt(destination: string): KnownAttempt | undefined {
    const { destinations, now } = this.#context;
    return destinations.lastAttempt(destination, now());
  }
}

function tookTooLong({ tookMs, hasEnded }: KnownAttempt): boolean {
  return tookMs >= (hasEnded ? TOO_SLOW_MS : STUCK_MS);
}
