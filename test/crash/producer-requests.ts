import type { SentEvent } from "../kit/entry.ts";
import { AUDIENCES, INVENTORY_PROJECT, STATE_PROJECT, TYPES } from "./cast.ts";
import type { Dice } from "./seeded-random.ts";

const SIZES = [1, 1, 1, 1, 2, 2, 3, 5, 8, 13, 20];
/** One producer in this many does not ask again after a request that got no answer. */
const CARELESS = 3;

/** What a producer sends at once: recorded whole, or not at all. */
export interface ProducerRequest {
  key: string;
  events: SentEvent[];
  /** Whether it is sent again until it is answered. */
  isRepeated: boolean;
}

/** Makes requests of mixed size for a number of events, the same ones for the same dice. */
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

  /** Up to `most` requests; none when no event is left. */
  next(most: number): ProducerRequest[] {
    const requests: ProducerRequest[] = [];
    while (requests.length < most && this.#left > 0) requests.push(this.#request());
    return requests;
  }

  /** Others are made in the place of one that was given up. */
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
