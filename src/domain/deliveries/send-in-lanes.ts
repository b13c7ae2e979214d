import { sendMessage } from "../../channels/send.ts";
import type { Context } from "../../context.ts";
import { errorFields } from "../../log.ts";
import { OPENS_AFTER_FAILURES } from "../../store/deliveries/breaker.ts";
import { takeSlackTurn } from "../../store/deliveries/slack-gates.ts";
import type { DeliveryPolicy } from "./delivery-policy.ts";
import { Connections, runInLanes } from "./lanes.ts";
import { logAttempt } from "./log-attempt.ts";
import { halvesOf, type Sending } from "./sendings.ts";
import { settlementOf, type Attempt } from "./settlement-of.ts";
import type { Tally } from "./tally.ts";

/** Before deliveries are tried again that were given back without an attempt. */
const GIVEN_BACK_SECONDS = 10;
/** A receiver's wish is for the delivery that it answered; to the others it is a hint. */
const LONGEST_PAUSE_SECONDS = 60;
/** What waits for a Slack URL that many write to comes back spread out, and not all for the same second. */
const SLACK_SPREAD_SECONDS = 60;

/** The invocation that sends. */
export interface Sender {
  context: Context;
  policy: DeliveryPolicy;
  tally: Tally;
  /** Milliseconds since 1970; an attempt that began later might outlive the lease. */
  lastStart: number;
}

/** Sends each subscription's messages in a lane of its own. Never throws: what goes wrong is in the tally. */
export async function sendInLanes(sender: Sender, sendings: Sending[]): Promise<void> {
  const connections = new Connections();
  const lanes = Map.groupBy(sendings, ({ subscriptionId }) => subscriptionId);
  const work = [...lanes.values()].map((ofOne) => {
    const lane = new Lane(sender, connections);
    return ofOne.map((sending) => () => lane.send(sending));
  });
  await runInLanes(work, (send) => send());
}

/**
 * The messages of one subscription, until one says that it is better to wait: after a timeout, a wish to be left alone,
 * or too many failures, and when the destination is gone, the rest is given back.
 */
class Lane {
  readonly #sender: Sender;
  readonly #connections: Connections;
  #failuresInARow = 0;
  /** How long what is given back shall wait; undefined while messages go out. */
  #pauseSeconds: number | undefined;

  constructor(sender: Sender, connections: Connections) {
    this.#sender = sender;
    this.#connections = connections;
  }

  async send(sending: Sending): Promise<void> {
    if (sending.message.type === "slack") await this.#waitForTurn(sending.message.destination.url);
    const attempt = await this.#connections.use(() => this.#attempt(sending));
    if (attempt === undefined) {
      this.#sender.tally.giveBack(sending, this.#pauseSeconds ?? GIVEN_BACK_SECONDS);
      return;
    }
    this.#heed(attempt.report);
    const halves = attempt.report.outcome.kind === "refused" ? halvesOf(sending) : undefined;
    if (halves === undefined) this.#settle(sending, attempt);
    else for (const half of halves) await this.#sendHalf(half, attempt);
  }

  /** A half that there is no time for counts as attempted: given back, it could come round for ever. */
  async #sendHalf(half: Sending, refused: Attempt): Promise<void> {
    if (this.#mayStart()) return this.send(half);
    const reason = "sent in a message that was refused for what it held";
    this.#settle(half, { ...refused, report: { ...refused.report, outcome: { kind: "retry", reason } } });
  }

  #mayStart(): boolean {
    return this.#pauseSeconds === undefined && this.#sender.context.now() <= this.#sender.lastStart;
  }

  /** Undefined where it is better to wait. */
  async #attempt({ message }: Sending): Promise<Attempt | undefined> {
    if (!this.#mayStart()) return undefined;
    const { context, policy } = this.#sender;
    const startedAt = context.now();
    const report = await sendMessage(message, { ...policy, fetch: context.fetch, now: context.now });
    return { report, startedAt, endedAt: context.now() };
  }

  /** Slack takes one message a second at a URL, whoever sends it. Waits without a connection; or not at all, if too long. */
  async #waitForTurn(url: string): Promise<void> {
    if (!this.#mayStart()) return;
    const { context, lastStart } = this.#sender;
    try {
      const turn = await takeSlackTurn(context.db, url, { now: context.now(), latest: lastStart });
      if ("turnAt" in turn) return await context.wait(Math.max(0, turn.turnAt - context.now()));
      const spread = SLACK_SPREAD_SECONDS * context.random();
      this.#pauseSeconds = Math.ceil(Math.max(0, turn.nextAt - context.now()) / 1000 + spread);
    } catch (error) {
      context.log({ event: "slack_gate_failed", ...errorFields(error) });
      this.#pauseSeconds = GIVEN_BACK_SECONDS;
    }
  }

  #heed({ outcome, timedOut }: Attempt["report"]): void {
    if (outcome.kind === "retry") this.#failuresInARow += 1;
    if (outcome.kind === "delivered") this.#failuresInARow = 0;
    const wish = outcome.kind === "retry" ? outcome.afterSeconds : undefined;
    if (wish !== undefined) this.#pauseSeconds = Math.min(Math.max(wish, GIVEN_BACK_SECONDS), LONGEST_PAUSE_SECONDS);
    else if (timedOut || outcome.kind === "gone" || this.#failuresInARow >= OPENS_AFTER_FAILURES) {
      this.#pauseSeconds ??= GIVEN_BACK_SECONDS;
    }
  }

  #settle(sending: Sending, attempt: Attempt): void {
    const { context, policy, tally } = this.#sender;
    const settlements = sending.deliveries.map((delivery) => settlementOf(context, policy, delivery, attempt));
    for (const settlement of settlements) logAttempt(context, settlement, sending.message.destination.url);
    tally.settle(sending, settlements, attempt.report, attempt.endedAt);
  }
}
