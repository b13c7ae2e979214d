interface Bounds<Value> {
  most: number;
  mostBytes: number;
  /** About how much memory of the isolate an entry takes. */
  bytesOf: (key: string, value: Value) => number;
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
    const { most, mostBytes, bytesOf } = this.#bounds;
    this.delete(key); // a new entry is the last in the iteration order
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
