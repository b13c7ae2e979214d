/** Feed entries, added in the order of their events and read in the order of the table's key. */
export class Entries {
  #feeds = new Uint32Array(1 << 20);
  #events = new Uint32Array(1 << 20);
  #count = 0;

  add(feedId: number, eventId: number): void {
    if (this.#count === this.#feeds.length) {
      this.#feeds = doubleLength(this.#feeds);
      this.#events = doubleLength(this.#events);
    }
    this.#feeds[this.#count] = feedId;
    this.#events[this.#count] = eventId;
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  /** The events of each feed from 1 to `feeds`, oldest first. A counting sort keeps the order of the events. */
  *byFeed(feeds: number): Generator<[feedId: number, eventIds: Uint32Array]> {
    const ends = new Uint32Array(feeds + 1);
    for (let entry = 0; entry < this.#count; entry++)
      ends[this.#feeds[entry] ?? 0] = (ends[this.#feeds[entry] ?? 0] ?? 0) + 1;
    for (let feed = 1; feed <= feeds; feed++) ends[feed] = (ends[feed] ?? 0) + (ends[feed - 1] ?? 0);
    const next = Uint32Array.from({ length: feeds + 1 }, (_, feed) => (feed === 0 ? 0 : (ends[feed - 1] ?? 0)));
    const sorted = new Uint32Array(this.#count);
    for (let entry = 0; entry < this.#count; entry++) {
      const feed = this.#feeds[entry] ?? 0;
      const place = next[feed] ?? 0;
      sorted[place] = this.#events[entry] ?? 0;
      next[feed] = place + 1;
    }
    for (let feed = 1; feed <= feeds; feed++) yield [feed, sorted.subarray(ends[feed - 1], ends[feed])];
  }
}

function doubleLength(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(2 * array.length);
  longer.set(array);
  return longer;
}
