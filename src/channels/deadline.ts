/** A signal that is aborted when its time is over. Unlike that of `AbortSignal.timeout`, its timer ends with the work. */
export class Deadline {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout>;

  constructor(milliseconds: number) {
    this.#timer = this.#start(milliseconds);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on, so many milliseconds more. */
  restart(milliseconds: number): void {
    this.end();
    this.#timer = this.#start(milliseconds);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #start(milliseconds: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#controller.abort(), milliseconds);
  }
}
