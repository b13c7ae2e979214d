import { destinationOf } from "../../channels/destination.ts";
import type { Context } from "../../context.ts";
import { Connections, type Place } from "./connections.ts";
import type { Dispatch } from "./dispatches.ts";

/** A busy isolate gives up what waits for receivers that took longer than this to respond. */
const TOO_SLOW_MS = 1000;
/** Seconds before such deliveries are attempted again. */
const GIVEN_UP_SECONDS = 30;
/** Messages wait behind slow receivers if none was sent, or a receiver has not responded, for so long. */
const STUCK_MS = 250;

/** A message that has not been sent. */
export interface WaitingMessage {
  dispatch: Dispatch;
  place: Place;
  /** Releases its deliveries without an attempt. They are due again after this many seconds, or later. */
  release: (delaySeconds: number) => void;
}

/** The messages of a batch that were neither sent nor given up, with a place for each in the line for connections. */
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
    const place = this.#connections.place({ project: dispatch.project, isUnwell: this.isUnwell(dispatch) });
    const message = { dispatch, place, release };
    this.#messages.add(message);
    return message;
  }

  /** Returns whether the message may be sent: not if it was given up. */
  start(message: WaitingMessage): boolean {
    if (!this.isUnwell(message.dispatch)) this.#lastSentAt = this.#context.now();
    return this.#messages.delete(message);
  }

  giveUp(message: WaitingMessage, delaySeconds: number): void {
    if (this.remove(message)) message.release(delaySeconds);
  }

  /** Returns whether the message was still waiting. */
  remove(message: WaitingMessage): boolean {
    message.place.leave();
    return this.#messages.delete(message);
  }

  /**
   * Gives up messages for healthy receivers that wait behind slow ones: they are released for an attempt at once, with
   * another invocation's connections. If this isolate is busy, gives up those for unwell receivers too.
   */
  giveUpStuck({ isBusy }: { isBusy: boolean }): void {
    const isStuck = this.#context.now() - this.#lastSentAt >= STUCK_MS;
    for (const message of this.#messages) {
      const { dispatch } = message;
      if (dispatch.message.type === "slack") continue; // it waits for a turn, not for a connection
      if (!this.isUnwell(dispatch)) {
        if (isStuck) this.giveUp(message, 0);
      } else if (isBusy && this.#isTooSlow(dispatch)) this.giveUp(message, GIVEN_UP_SECONDS);
    }
  }

  /** Whether the receiver's last attempt failed, or as far as this isolate knows was slow. */
  isUnwell({ isFailing, message }: Dispatch): boolean {
    const { destinations, now } = this.#context;
    return isFailing || destinations.isSlow(destinationOf(message.destination.url), now());
  }

  /** A failing receiver of which this isolate knows nothing else may hang. One that fails fast costs little. */
  #isTooSlow({ isFailing, message }: Dispatch): boolean {
    const { destinations, now } = this.#context;
    const last = destinations.lastAttempt(destinationOf(message.destination.url), now());
    if (last === undefined) return isFailing;
    return last.tookMs >= (last.hasEnded ? TOO_SLOW_MS : STUCK_MS);
  }
}
