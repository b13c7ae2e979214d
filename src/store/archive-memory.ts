/**
 * What an isolate remembers of the archive. A query uses it to choose its statement. The result of the query does not
 * depend on it.
 */
export class ArchiveMemory {
  #highestFloor: number | undefined;

  /** True if queries have returned the floor, and it was always 0: every event that was ever recorded is in D1. */
  get isEmpty(): boolean {
    return this.#highestFloor === 0;
  }

  /** @param floor the events up to this ID are in the archive, or are deleted. 0 if there are none */
  noteFloor(floor: number): void {
    this.#highestFloor = Math.max(this.#highestFloor ?? 0, floor);
  }
}
