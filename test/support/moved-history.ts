import { env } from "cloudflare:workers";
import { contextFor, type Context } from "../../src/context.ts";
import { SEGMENT_SIZES, type SegmentSizes } from "../../src/domain/moving/choose-segment.ts";
import { moveHistory } from "../../src/domain/moving/move-history.ts";

/** Sizes of segments that a test can fill. */
export function smallSegments(events = 256): SegmentSizes {
  return { ...SEGMENT_SIZES, events, minEvents: events };
}

/** A context whose sweep moves all history for which there is a segment. */
export function aMovingContext(bindings: Partial<Env> = {}, more: Partial<Context> = {}): Context {
  const lines = { log: () => {} };
  return { ...contextFor({ ...env, HOT_GIGABYTES: "0", ...bindings }, { waitUntil: () => {} }), ...lines, ...more };
}

/**
 * Moves whole segments to the bucket until there are no more, oldest first. With `sweeps`, stops after so many. With
 * `maxSteps`, each sweep does only so much, so that a test can look at a move in its middle.
 */
export async function moveAllHistory({
  segmentEvents = 256,
  maxSteps = SEGMENT_SIZES.maxSteps,
  keepUpTo = SEGMENT_SIZES.keepUpTo,
  sweeps = Number.POSITIVE_INFINITY,
  bindings = {},
}: {
  segmentEvents?: number;
  maxSteps?: number;
  keepUpTo?: number;
  sweeps?: number;
  bindings?: Partial<Env>;
} = {}): Promise<void> {
  const sizes = { ...smallSegments(segmentEvents), maxSteps, keepUpTo };
  for (let sweep = 0; sweep < sweeps; sweep++) {
    if (!(await moveHistory(aMovingContext(bindings), sizes))) return;
  }
}
