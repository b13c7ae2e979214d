import { destinationOf } from "../../channels/destination.ts";
import { sendMessage } from "../../channels/send.ts";
import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { OPENS_AFTER_FAILURES } from "../../store/subscriptions/breaker.ts";
import { readSlackClosedUntil, claimSlackTurn } from "../../store/subscriptions/slack-gates.ts";
import type { DeliveryPolicy } from "./delivery-policy.ts";
import { Connections, runInLanes, type Place } from "./concurrency.ts";
import { logAttempt } from "./log-attempt.ts";
import { splitInHalf, type Dispatch } from "./dispatches.ts";
import { toSettlement, type Attempt } from "./settlement-of.ts";
import type { AttemptResults } from "./attempt-results.ts";
import { rememberRetryAfter } from "./retry-after-wishes.ts";

/** Before deliveries are tried again that were given back without an attempt. */
const GIVEN_BACK_SECONDS = 10;
/** The same, where consumers have more to do than they can. */
const GIVEN_BACK_BUSY_SECONDS = 30;
/** What waits for a Slack URL that many write to comes back spread out, and not all for the same second. */
const SLACK_SPREAD_SECONDS = 60;
/** A project whose attempts all began longer ago than this has slow receivers. */
const SLOW_MS = 250;

/** The invocation that sends. */
export interface Sender {
  context: Context;
  policy: DeliveryPolicy;
  tally: AttemptResults;
  /** Milliseconds since 1970; an attempt that began later might outlive the lease. */
  lastStart: number;
}

/** A message that has not gone out. */
interface Item {
  sending: Dispatch;
  place: Place;
  /** What becomes of its deliveries when it does not go out after all; given back, they wait so long at least. */
  giveUp: (delaySeconds: number) => void;
}

/** Some messages on their way, each subscription's in a lane of its own. */
export class SendingBatch {
  /** Never rejects: what goes wrong is in the tally. */
  readonly done: Promise<void>;
  readonly #now: () => number;
  readonly #connections = new Connections();
  /** Those that have neither gone out nor been given up. */
  readonly #waiting = new Set<Item>();
  readonly #lastStartedAt = new Map<string, number>();

  constructor(sender: Sender, dispatches: Dispatch[]) {
    this.#now = sender.context.now;
    const lanes = Map.groupBy(dispatches, ({ subscriptionId }) => subscriptionId).values();
    // All places before any work: a project's share depends on who else waits.
    const work = Array.from(lanes, (ofOne) => {
      const lane = new Lane(sender, this);
      return ofOne.map((sending) => {
        const item = this.add(sending, (delaySeconds) => lane.giveBack(sending, delaySeconds));
        return () => lane.send(item);
      });
    });
    this.done = runInLanes(work, (send) => send());
  }

  add(sending: Dispatch, giveUp: Item["giveUp"]): Item {
    const item = { sending, place: this.#connections.place(sending.project), giveUp };
    this.#waiting.add(item);
    return item;
  }

  /** Whether it may go out: it has not been given up meanwhile. */
  start(item: Item): boolean {
    this.#lastStartedAt.set(item.sending.project, this.#now());
    return this.#waiting.delete(item);
  }

  giveUp(item: Item, delaySeconds: number): void {
    if (this.remove(item)) item.giveUp(delaySeconds);
  }

  /** Whether it had neither gone out nor been given up. */
  remove(item: Item): boolean {
    item.place.leave();
    return this.#waiting.delete(item);
  }

  /** Gives up what waits behind slow receivers of its own project; what is on its way goes on, and so do the others. */
  giveUpStuck(): void {
    const now = this.#now();
    for (const item of this.#waiting) {
      const { project, message } = item.sending;
      const isStuck = now - (this.#lastStartedAt.get(project) ?? now) >= SLOW_MS;
      if (isStuck && message.type === "webhook") this.giveUp(item, GIVEN_BACK_BUSY_SECONDS);
    }
  }
}

/**
 * The messages of one subscription, until one says that it is better to wait: after a timeout, a wish to be left alone,
 * or too many failures, and when the destination is gone, the rest is given back.
 */
class Lane {
  readonly #sender: Sender;
  readonly #dispatch: SendingBatch;
  #failuresInARow = 0;
  /** How long what is given back shall wait; undefined while messages go out. */
  #pauseSeconds: number | undefined;

  constructor(sender: Sender, dispatch: SendingBatch) {
    this.#sender = sender;
    this.#dispatch = dispatch;
  }

  async send(item: Item): Promise<void> {
    const takenAt = this.#mayStart(item) ? await this.#waitForTurn(item) : undefined;
    const attempt = takenAt === undefined ? undefined : await item.place.use(() => this.#attempt(item, takenAt));
    if (attempt === undefined) return this.#dispatch.giveUp(item, GIVEN_BACK_SECONDS);
    this.#heed(attempt.report);
    const halves = attempt.report.outcome.kind === "refused" ? splitInHalf(item.sending) : undefined;
    if (halves === undefined) return this.#settle(item.sending, attempt);
    const items = halves.map((half) => this.#dispatch.add(half, (seconds) => this.giveBack(half, seconds)));
    for (const half of items) await this.#sendHalf(half, attempt);
  }

  giveBack(sending: Dispatch, delaySeconds: number): void {
    const { context, tally } = this.#sender;
    const quietSeconds = context.quiet.millisecondsLeft(destinationOf(urlOf(sending)), context.now()) / 1000;
    const spread = quietSeconds > 0 && sending.message.type === "slack" ? SLACK_SPREAD_SECONDS * context.random() : 0;
    tally.giveBack(sending, Math.ceil(Math.max(quietSeconds + spread, this.#pauseSeconds ?? delaySeconds)));
  }

  /** A half that there is no time for counts as attempted: given back, it could come round for ever. */
  async #sendHalf(half: Item, refused: Attempt): Promise<void> {
    if (this.#mayStart(half)) return this.send(half);
    if (!this.#dispatch.remove(half)) return;
    const reason = "sent in a message that was refused for what it held";
    this.#settle(half.sending, { ...refused, report: { ...refused.report, outcome: { kind: "retry", reason } } });
  }

  #mayStart({ sending }: Item): boolean {
    const { context, lastStart } = this.#sender;
    const now = context.now();
    const isQuiet = context.quiet.millisecondsLeft(destinationOf(urlOf(sending)), now) > 0;
    return this.#pauseSeconds === undefined && !isQuiet && now <= lastStart;
  }

  /** Undefined where it is better to wait. */
  async #attempt(item: Item, takenAt: number): Promise<Attempt | undefined> {
    const { context, policy } = this.#sender;
    const url = urlOf(item.sending);
    if (item.sending.message.type === "slack" && !(await this.#isStillOpen(url, takenAt))) return undefined;
    if (!this.#mayStart(item) || !this.#dispatch.start(item)) return undefined;
    const startedAt = context.now();
    let noting: Promise<void> | undefined;
    const onRetryAfter = (seconds: number) => {
      noting = rememberRetryAfter(context, item.sending.message, context.now() + seconds * 1000);
    };
    const transport = { ...policy, fetch: context.fetch, now: context.now, onRetryAfter };
    const report = await sendMessage(item.sending.message, transport);
    const endedAt = context.now();
    await noting;
    return { report, startedAt, endedAt };
  }

  /**
   * Slack takes one message a second at a URL, whoever sends it. Waits without a connection; or not at all, if too long.
   * Answers when it began to wait, or undefined where it has no turn.
   */
  async #waitForTurn({ sending }: Item): Promise<number | undefined> {
    const { context, lastStart } = this.#sender;
    if (sending.message.type !== "slack") return context.now();
    try {
      const destination = destinationOf(urlOf(sending));
      const turn = await claimSlackTurn(context.db, destination, { now: context.now(), latest: lastStart });
      const takenAt = context.now();
      if ("turnAt" in turn) {
        await context.wait(Math.max(0, turn.turnAt - takenAt));
        return takenAt;
      }
      const spread = SLACK_SPREAD_SECONDS * context.random();
      this.#pauseSeconds = Math.ceil(Math.max(0, turn.nextAt - takenAt) / 1000 + spread);
    } catch (error) {
      this.#gateFailed(error);
    }
    return undefined;
  }

  /** Whether Slack has not asked to wait since the turn was taken: whoever heard it wrote it down. */
  async #isStillOpen(url: string, takenAt: number): Promise<boolean> {
    const { context } = this.#sender;
    if (context.now() === takenAt) return true;
    try {
      context.quiet.note(destinationOf(url), await readSlackClosedUntil(context.db, destinationOf(url)));
      return true; // or quiet now
    } catch (error) {
      this.#gateFailed(error);
      return false;
    }
  }

  #gateFailed(error: unknown): void {
    this.#sender.context.log({ event: "slack_gate_failed", ...errorFields(error) });
    this.#pauseSeconds = GIVEN_BACK_SECONDS;
  }

  #heed({ outcome, timedOut }: Attempt["report"]): void {
    if (outcome.kind === "retry") this.#failuresInARow += 1;
    if (outcome.kind === "delivered") this.#failuresInARow = 0;
    const hasWish = outcome.kind === "retry" && outcome.afterSeconds !== undefined;
    if (hasWish || timedOut || outcome.kind === "gone" || this.#failuresInARow >= OPENS_AFTER_FAILURES) {
      this.#pauseSeconds ??= GIVEN_BACK_SECONDS;
    }
  }

  #settle(sending: Dispatch, attempt: Attempt): void {
    const { context, policy, tally } = this.#sender;
    const settlements = sending.deliveries.map((delivery) => toSettlement(context, policy, delivery, attempt));
    for (const settlement of settlements) logAttempt(context, settlement, urlOf(sending));
    tally.settle(sending, settlements, attempt.report, attempt.endedAt);
  }
}

function urlOf({ message }: Dispatch): string {
  return message.destination.url;
}
