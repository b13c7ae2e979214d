interface Bounds<Value> {
  most: number;
  mostBytes: number;
  /** About what an entry takes of an isolate's memory. */
  bytesOf: (key: string, value: Value) => number;
}

/** A map that forgets the entries that were set first, so that the others stay within its bounds. */
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
    const { most, mostBytes, bytesOf } = this.#bounds;
    this.delete(key); // to come last
    this.#entries.set(key, value);
    this.#bytes += bytesOf(key, value);
    for (const first of this.#entries.keys()) {
      if (this.#entries.size <= most && this.#bytes <= mostBytes) return;
      this.delete(first);
    }
  }

  delete(key: string): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= this.#bounds.bytesOf(key, value);
  }
}
