import { shuffled } from "./random.ts";

export type QueueName =
  | "tidings-deliveries"
  | "tidings-retries"
  | "tidings-log"
  | "tidings-streams"
  | "tidings-dead-letters";

/** Probabilities from 0 to 1 for each message. `split`: the batch ends after the message. */
export interface QueueFaults {
  drop: number;
  duplicate: number;
  delay: number;
  split: number;
  reorder: boolean;
  /** Milliseconds since 1970. From this time on, the queue has no faults. */
  until: number;
}

export const reliable: QueueFaults = { drop: 0, duplicate: 0, delay: 0, split: 0, reorder: false, until: 0 };

interface Stored {
  body: unknown;
  tries: number;
  arrivesAt: number;
}

type Decision = "ack" | { delaySeconds: number };

export interface Delivered {
  queue: QueueName;
  batch: MessageBatch;
  /** Call it when the consumer has ended. Its decisions count only if it ended without an error. */
  end: (hasSucceeded: boolean) => void;
}

/** As in wrangler.toml. */
const WITHOUT_RETRIES = new Set<QueueName>(["tidings-log", "tidings-streams"]);
const MAX_RETRIES = 5;
const MAX_BATCH = 100;
const LONGEST_DELAY_SECONDS = 600;
/** The time after which messages without a decision are delivered again. */
const UNDECIDED_SECONDS = 30;

/** The queues between `sendBatch` and the consumers. `random` decides their faults. */
export class Transport {
  readonly #random: () => number;
  readonly #faults: QueueFaults;
  readonly #now: () => number;
  readonly #queues = new Map<QueueName, Stored[]>();

  constructor(now: () => number, random: () => number, faults: QueueFaults) {
    this.#now = now;
    this.#random = random;
    this.#faults = faults;
  }

  send(queue: QueueName, messages: Iterable<MessageSendRequest>): void {
    for (const { body, delaySeconds = 0 } of messages) {
      const copies = this.#happens("drop") ? 0 : this.#happens("duplicate") ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) this.#put(queue, body, delaySeconds);
    }
  }

  /** Takes out the messages that have arrived, in batches for consumers that run at the same time. */
  take(): Delivered[] {
    const now = this.#now();
    return [...this.#queues].flatMap(([queue, stored]) => {
      const arrived = stored.filter(({ arrivesAt }) => arrivesAt <= now);
      this.#queues.set(
        queue,
        stored.filter((message) => !arrived.includes(message)),
      );
      const ordered = this.#isFaulty() && this.#faults.reorder ? shuffled(arrived, this.#random) : arrived;
      return this.#inBatches(ordered).map((messages) => this.#deliver(queue, messages));
    });
  }

  nextArrivalAt(): number | undefined {
    const times = [...this.#queues.values()].flatMap((stored) => stored.map(({ arrivesAt }) => arrivesAt));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #isFaulty(): boolean {
    return this.#now() < this.#faults.until;
  }

  #happens(what: "drop" | "duplicate" | "delay" | "split"): boolean {
    return this.#isFaulty() && this.#random() < this.#faults[what];
  }

  #put(queue: QueueName, body: unknown, delaySeconds: number, tries = 0): void {
    const lateSeconds = this.#happens("delay") ? Math.floor(this.#random() * LONGEST_DELAY_SECONDS) : 0;
    const arrivesAt = this.#now() + (delaySeconds + lateSeconds) * 1000;
    this.#queues.set(queue, [...(this.#queues.get(queue) ?? []), { body, tries, arrivesAt }]);
  }

  #inBatches(messages: Stored[]): Stored[][] {
    const batches: Stored[][] = [];
    let batch: Stored[] = [];
    for (const message of messages) {
      batch.push(message);
      if (batch.length < MAX_BATCH && !this.#happens("split")) continue;
      batches.push(batch);
      batch = [];
    }
    return batch.length > 0 ? [...batches, batch] : batches;
  }

  #deliver(queue: QueueName, messages: Stored[]): Delivered {
    const decisions = messages.map((): Decision | undefined => undefined);
    const decide = (index: number, decision: Decision) => {
      decisions[index] ??= decision; // the first decision counts
    };
    const delayOf = (options?: QueueRetryOptions): Decision => ({ delaySeconds: options?.delaySeconds ?? 0 });
    const batch: MessageBatch = {
      queue,
      messages: messages.map(({ body, tries }, index) => ({
        id: `${index}`,
        timestamp: new Date(this.#now()),
        body,
        attempts: tries + 1,
        ack: () => decide(index, "ack"),
        retry: (options) => decide(index, delayOf(options)),
      })),
      metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
      ackAll: () => messages.forEach((_, index) => decide(index, "ack")),
      retryAll: (options) => messages.forEach((_, index) => decide(index, delayOf(options))),
    };
    return {
      queue,
      batch,
      end: (hasSucceeded) => {
        for (const [index, message] of messages.entries()) {
          this.#apply(queue, message, hasSucceeded ? (decisions[index] ?? "ack") : { delaySeconds: UNDECIDED_SECONDS });
        }
      },
    };
  }

  #apply(queue: QueueName, { body, tries }: Stored, decision: Decision): void {
    if (decision === "ack" || WITHOUT_RETRIES.has(queue)) return; // this queue has no retries and no dead letters
    if (queue === "tidings-dead-letters" || tries < MAX_RETRIES)
      this.#put(queue, body, decision.delaySeconds, tries + 1);
    else this.#put("tidings-dead-letters", body, 0);
  }
}
