import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { OPENS_AFTER_FAILURES } from "../../store/subscriptions/breaker.ts";
import { attemptMessage, type Attempt } from "./attempt-message.ts";
import type { AttemptResults } from "./attempt-results.ts";
import type { DeliveryPolicy } from "./delivery-policy.ts";
import { splitInHalf, type Dispatch } from "./dispatches.ts";
import { logAttempt, toSettlement } from "./settle-attempts.ts";
import { readSlackPause, waitForSlackTurn } from "./slack-turn.ts";
import { WaitingMessages, type WaitingMessage } from "./waiting-messages.ts";

/** If a lane stops, its remaining deliveries are released, and are due again after this many seconds. */
const RELEASED_SECONDS = 10;
/** If a Slack URL has too many messages, the released deliveries are spread over this many seconds. */
const SLACK_SPREAD_SECONDS = 60;
/**
 * A subscription sends at most this many messages at a time, so a receiver that hangs does not take all connections.
 */
const MAX_RUNNING_IN_A_LANE = 2;

/** What an invocation uses to send a batch. */
export interface Sender {
  context: Context;
  policy: DeliveryPolicy;
  results: AttemptResults;
  /** Milliseconds since 1970. No attempt begins later, because it could outlive the lease. */
  lastStart: number;
}

/**
 * A batch of messages that is being sent. The promises of a batch never reject, because errors are in the sender's
 * results.
 */
export interface SendingBatch {
  /**
   * Resolves when all messages for healthy receivers were sent or given up. Without such messages, resolves with
   * `done`.
   */
  healthyDone: Promise<void>;
  done: Promise<void>;
  waiting: WaitingMessages;
}

/**
 * Sends the messages of each subscription in a lane of its own. `Connections` decides which lane sends next. Without
 * `beginsSlow`, the messages for receivers that were too slow before are given up without an attempt.
 */
export function sendInLanes(
  sender: Sender,
  dispatches: Dispatch[],
  { beginsSlow }: { beginsSlow: boolean },
): SendingBatch {
  const waiting = new WaitingMessages(sender.context);
  const [unhealthy, healthy] = partition(dispatches, (dispatch) => waiting.isUnhealthy(dispatch));
  // All connections are reserved before any message is sent, because a project's share depends on the other projects.
  const [healthyLanes, unhealthyLanes] = [makeLanes(sender, waiting, healthy), makeLanes(sender, waiting, unhealthy)];
  if (!beginsSlow) waiting.giveUpSlow();
  const healthyDone = runLanes(healthyLanes);
  const done = Promise.all([healthyDone, runLanes(unhealthyLanes)]).then(() => undefined);
  return { healthyDone: healthy.length > 0 ? healthyDone : done, done, waiting };
}

type SendOne = () => Promise<void>;

function makeLanes(sender: Sender, waiting: WaitingMessages, dispatches: Dispatch[]): SendOne[][] {
  const bySubscription = Map.groupBy(dispatches, ({ subscriptionId }) => subscriptionId);
  return Array.from(bySubscription.values(), (ofOne) => {
    const lane = new Lane(sender, waiting);
    const messages = ofOne.map((dispatch) => lane.add(dispatch));
    return messages.map((message) => () => lane.send(message));
  });
}

async function runLanes(lanes: SendOne[][]): Promise<void> {
  await Promise.all(lanes.map(runLane));
}

/**
 * Sends the first message alone, then up to two at a time. So a receiver that hangs from the start blocks one
 * connection only.
 */
async function runLane([first, ...others]: SendOne[]): Promise<void> {
  await first?.();
  const rest = others.values();
  const work = async () => {
    for (const send of rest) await send();
  };
  await Promise.all(Array.from({ length: Math.min(others.length, MAX_RUNNING_IN_A_LANE) }, work));
}

/**
 * The messages of one subscription. The lane stops after a timeout, a Retry-After or ten failures in a row, and if the
 * destination is gone. The remaining messages are then released without an attempt.
 */
class Lane {
  readonly #sender: Sender;
  readonly #waiting: WaitingMessages;
  #failuresInARow = 0;
  /** Seconds until released deliveries are due again. Undefined until the lane stops. */
  #stoppedForSeconds: number | undefined;

  constructor(sender: Sender, waiting: WaitingMessages) {
    this.#sender = sender;
    this.#waiting = waiting;
  }

  add(dispatch: Dispatch): WaitingMessage {
    return this.#waiting.add(dispatch, (delaySeconds) => this.#release(dispatch, delaySeconds));
  }

  async send(message: WaitingMessage): Promise<void> {
    const { dispatch, reservation } = message;
    const claimedAt = this.#mayStart(dispatch) ? await this.#waitForTurn(dispatch) : undefined;
    const attempt =
      claimedAt === undefined ? undefined : await reservation.use(() => this.#attempt(message, claimedAt));
    if (attempt === undefined) return this.#waiting.giveUp(message, RELEASED_SECONDS);
    this.#stopIfFailing(attempt.report);
    const halves = attempt.report.outcome.kind === "refused" ? splitInHalf(dispatch) : undefined;
    if (halves === undefined) return this.#settle(dispatch, attempt);
    const parts = halves.map((half) => this.add(half));
    for (const part of parts) await this.#sendHalf(part, attempt);
  }

  #release(dispatch: Dispatch, delaySeconds: number): void {
    const { context, results } = this.#sender;
    const pauseSeconds = this.#pauseMs(dispatch) / 1000;
    const spread = pauseSeconds > 0 && dispatch.message.type === "slack" ? SLACK_SPREAD_SECONDS * context.random() : 0;
    results.release(dispatch, Math.ceil(Math.max(pauseSeconds + spread, this.#stoppedForSeconds ?? delaySeconds)));
  }

  /**
   * If no time is left to send a half, the half counts as attempted. If it were released, this could repeat for ever.
   */
  async #sendHalf(half: WaitingMessage, refused: Attempt): Promise<void> {
    if (this.#mayStart(half.dispatch)) return this.send(half);
    if (!this.#waiting.remove(half)) return;
    const reason = "the message that contained this event was rejected";
    this.#settle(half.dispatch, { ...refused, report: { ...refused.report, outcome: { kind: "retry", reason } } });
  }

  #mayStart(dispatch: Dispatch): boolean {
    const { context, lastStart } = this.#sender;
    return this.#stoppedForSeconds === undefined && this.#pauseMs(dispatch) === 0 && context.now() <= lastStart;
  }

  #pauseMs({ destination }: Dispatch): number {
    const { destinations, now } = this.#sender.context;
    return destinations.pauseMs(destination, now());
  }

  /** Undefined if the message may no longer be sent. `claimedAt` is when its turn was claimed. */
  async #attempt(message: WaitingMessage, claimedAt: number): Promise<Attempt | undefined> {
    const { context, policy } = this.#sender;
    const { dispatch } = message;
    if (dispatch.message.type === "slack") await this.#readSlackGate(dispatch.destination, claimedAt);
    if (!this.#mayStart(dispatch) || !this.#waiting.start(message)) return undefined;
    return attemptMessage(context, policy, dispatch);
  }

  /**
   * Waits for the turn without a connection. Returns when the turn was claimed, or undefined if no turn comes in time.
   */
  async #waitForTurn({ message, destination }: Dispatch): Promise<number | undefined> {
    const { context, lastStart } = this.#sender;
    if (message.type !== "slack") return context.now();
    try {
      const turn = await waitForSlackTurn(context, destination, lastStart);
      if ("claimedAt" in turn) return turn.claimedAt;
      const waitSeconds = Math.max(0, turn.nextAt - context.now()) / 1000;
      this.#stoppedForSeconds = Math.ceil(waitSeconds + SLACK_SPREAD_SECONDS * context.random());
    } catch (error) {
      this.#stopForFailedGate(error);
    }
    return undefined;
  }

  async #readSlackGate(destination: string, claimedAt: number): Promise<void> {
    const { context } = this.#sender;
    try {
      context.destinations.notePause(destination, await readSlackPause(context, destination, claimedAt));
    } catch (error) {
      this.#stopForFailedGate(error);
    }
  }

  #stopForFailedGate(error: unknown): void {
    this.#sender.context.log({ event: "slack_gate_failed", ...errorFields(error) });
    this.#stoppedForSeconds = RELEASED_SECONDS;
  }

  #stopIfFailing({ outcome, timedOut }: Attempt["report"]): void {
    if (outcome.kind === "retry") this.#failuresInARow += 1;
    if (outcome.kind === "delivered") this.#failuresInARow = 0;
    const hasRetryAfter = outcome.kind === "retry" && outcome.afterSeconds !== undefined;
    if (hasRetryAfter || timedOut || outcome.kind === "gone" || this.#failuresInARow >= OPENS_AFTER_FAILURES) {
      this.#stoppedForSeconds ??= RELEASED_SECONDS;
    }
  }

  #settle(dispatch: Dispatch, attempt: Attempt): void {
    const { context, policy, results } = this.#sender;
    const settlements = dispatch.deliveries.map((delivery) => toSettlement(context, policy, delivery, attempt));
    for (const settlement of settlements) logAttempt(context, settlement, dispatch.message.destination.url);
    results.settle(dispatch, settlements, attempt);
  }
}

function partition<Item>(items: Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  const groups = Map.groupBy(items, isFirst);
  return [groups.get(true) ?? [], groups.get(false) ?? []];
}
