import { shuffled } from "./random.ts";

export type QueueName = "tidings-deliveries" | "tidings-retries" | "tidings-log" | "tidings-dead-letters";

/** Chances, from 0 to 1, for each message; `split`, that a batch ends after it. */
export interface QueueFaults {
  drop: number;
  duplicate: number;
  delay: number;
  split: number;
  reorder: boolean;
  /** Milliseconds since 1970: from then on the queue is well. */
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
  /** What the consumer said is heeded when it has ended; of who died or threw, nothing is. */
  end: (wasWell: boolean) => void;
}

/** As wrangler.toml has it. */
const MAX_RETRIES = 5;
const MAX_BATCH = 100;
const LONGEST_DELAY_SECONDS = 600;
/** Before what a consumer left unanswered is handed out again. */
const UNANSWERED_SECONDS = 30;

/** The queues between `sendBatch` and the consumers. What they do wrong is drawn from `random`. */
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

  /** Takes out what has arrived, in batches that are all handed to consumers at once. */
  take(): Delivered[] {
    const now = this.#now();
    return [...this.#queues].flatMap(([queue, stored]) => {
      const arrived = stored.filter(({ arrivesAt }) => arrivesAt <= now);
      this.#queues.set(
        queue,
        stored.filter((message) => !arrived.includes(message)),
      );
      const ordered = this.#isFaulty() && this.#faults.reorder ? shuffled(arrived, this.#random) : arrived;
      return this.#inBatches(ordered).map((messages) => this.#hand(queue, messages));
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

  #hand(queue: QueueName, messages: Stored[]): Delivered {
    const decisions = messages.map((): Decision | undefined => undefined);
    const decide = (index: number, decision: Decision) => {
      decisions[index] ??= decision; // the first word counts
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
      end: (wasWell) => {
        for (const [index, message] of messages.entries()) {
          this.#heed(queue, message, wasWell ? (decisions[index] ?? "ack") : { delaySeconds: UNANSWERED_SECONDS });
        }
      },
    };
  }

  #heed(queue: QueueName, { body, tries }: Stored, decision: Decision): void {
    if (decision === "ack" || queue === "tidings-log") return; // which has no retries and no dead letters
    if (queue === "tidings-dead-letters" || tries < MAX_RETRIES)
      this.#put(queue, body, decision.delaySeconds, tries + 1);
    else this.#put("tidings-dead-letters", body, 0);
  }
}
