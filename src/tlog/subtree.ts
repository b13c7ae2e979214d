import { splitPoint } from "./merkle-hash.ts";

/** The entries from `start` up to, but not including, `end`. */
export interface EntryRange {
  start: number;
  end: number;
}

/** A complete subtree with 2^`height` entries. `index` counts the subtrees of that height from the left, from 0. */
export interface SubtreeNode {
  height: number;
  index: number;
}

/**
 * The subtrees whose roots prove that the entry at `index` is in the tree of `size` entries, from the entry's sibling
 * up to a child of the root. RFC 6962 §2.1.1.
 * @throws RangeError if the tree has no entry at `index`.
 */
export function inclusionRanges(index: number, size: number): EntryRange[] {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) {
    throw new RangeError(`a tree of ${size} entries has none at index ${index}`);
  }
  const ranges: EntryRange[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const split = start + splitPoint(end - start);
    if (index < split) {
      ranges.push({ start: split, end });
      end = split;
    } else {
      ranges.push({ start, end: split });
      start = split;
    }
  }
  return ranges.toReversed();
}

/**
 * The subtrees whose roots prove that the tree of `newSize` entries begins with the tree of `oldSize` entries. No roots
 * are needed if the old tree is empty, or if both sizes are equal. RFC 6962 §2.1.2.
 * @throws RangeError if the old tree is larger than the new one.
 */
export function consistencyRanges(oldSize: number, newSize: number): EntryRange[] {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(newSize) || oldSize < 0 || oldSize > newSize) {
    throw new RangeError(`a tree of ${newSize} entries cannot begin with one of ${oldSize}`);
  }
  if (oldSize === 0 || oldSize === newSize) return [];
  const ranges: EntryRange[] = [];
  let [start, end] = [0, newSize];
  while (end !== oldSize) {
    const split = start + splitPoint(end - start);
    if (oldSize <= split) {
      ranges.push({ start: split, end });
      end = split;
    } else {
      ranges.push({ start, end: split });
      start = split;
    }
  }
  // The verifier knows the root of the old tree. If the last subtree is the whole old tree, the proof leaves its root
  // out.
  if (start > 0) ranges.push({ start, end });
  return ranges.toReversed();
}

/**
 * The complete subtrees that a range consists of, from left to right. A subtree as large as the range must be able to
 * begin at `start`. This is true for every range of a proof, and for the whole tree.
 */
export function completeSubtrees({ start, end }: EntryRange): SubtreeNode[] {
  const nodes: SubtreeNode[] = [];
  for (let from = start; from < end;) {
    let height = 0;
    while (from + 2 ** (height + 1) <= end) height += 1;
    nodes.push({ height, index: from / 2 ** height });
    from += 2 ** height;
  }
  return nodes;
}
