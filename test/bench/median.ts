export function median(values: number[]): number {
  return quantile(values, 0.5);
}

/** Between two values, what lies between them in proportion. NaN where there are none. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low = NaN, high = NaN] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low === high ? low : low + (high - low) * (place % 1); // both may be endless
}

/** Of what was measured in the same round. */
export function medianRatio(ofThis: number[], ofThat: number[]): number {
  return median(ofThis.map((value, round) => value / (ofThat[round] ?? NaN)));
}
