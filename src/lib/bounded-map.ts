interface Bounds<Value> {
  maxEntries: number;
  maxBytes: number;
  /** The approximate memory that an entry takes. */
  estimateBytes: (key: string, value: Value) => number;
}

/** A map that deletes its oldest entries when it exceeds its bounds. */
export class BoundedMap<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #bounds: Bounds<Value>;
  #bytes = 0;

  constructor(bounds: Bounds<Value>) {
    this.#bounds = bounds;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: Value): void {
    const { maxEntries, maxBytes, estimateBytes } = this.#bounds;
    this.delete(key); // so that a replaced entry counts as the newest
    this.#entries.set(key, value);
    this.#bytes += estimateBytes(key, value);
    for (const first of this.#entries.keys()) {
      if (this.#entries.size <= maxEntries && this.#bytes <= maxBytes) return;
      this.delete(first);
    }
  }

  delete(key: string): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= this.#bounds.estimateBytes(key, value);
  }
}
