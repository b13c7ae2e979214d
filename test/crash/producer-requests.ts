import type { SentEvent } from "../kit/entry.ts";
import { AUDIENCES, INVENTORY_PROJECT, STATE_PROJECT, TYPES } from "./cast.ts";
import type { Dice } from "./seeded-random.ts";

const SIZES = [1, 1, 1, 1, 2, 2, 3, 5, 8, 13, 20];
/** One of this many requests is not repeated if it gets no response. */
const CARELESS = 3;

/** A request of a producer. The service must record all of its events, or none. */
export interface ProducerRequest {
  key: string;
  events: SentEvent[];
  /** True if the producer repeats the request until there is a response. */
  isRepeated: boolean;
}

/** Makes requests of different sizes for a number of events. The same dice give the same requests. */
export class ProducerRequests {
  readonly #dice: Dice;
  readonly #startNs = BigInt(Date.now()) * 1_000_000n;
  #left: number;
  #requests = 0;
  #events = 0;

  constructor(dice: Dice, events: number) {
    this.#dice = dice;
    this.#left = events;
  }

  /** Returns up to `most` requests, or none if no events are left. */
  next(most: number): ProducerRequest[] {
    const requests: ProducerRequest[] = [];
    while (requests.length < most && this.#left > 0) requests.push(this.#request());
    return requests;
  }

  /** Lets other requests have as many events as a request that was given up. */
  replace({ events }: ProducerRequest): void {
    this.#left += events.length;
  }

  #request(): ProducerRequest {
    const size = Math.min(this.#dice.pick(SIZES), this.#left);
    this.#left -= size;
    const key = `request-${++this.#requests}`;
    return {
      key,
      events: Array.from({ length: size }, (_, place) => this.#event(key, place)),
      isRepeated: this.#dice.below(CARELESS) > 0,
    };
  }

  #event(key: string, place: number): SentEvent {
    const number = this.#events++;
    const audience = this.#dice.pick(AUDIENCES);
    return {
      type: this.#dice.pick(TYPES),
      timestamp: String(this.#startNs + BigInt(number)),
      ...(this.#dice.below(2) === 0 && { inventory_project: INVENTORY_PROJECT }),
      state_project: STATE_PROJECT,
      state_environment: "production",
      state_deployment: `web-${number % 7}`,
      ...(audience !== undefined && { allowed_groups: audience }),
      data: { request: key, place, note: "x".repeat(this.#dice.below(400)) },
    };
  }
}
