export function median(values: number[]): number {
  return quantile(values, 0.5);
}

/** Interpolates between two values. Returns NaN if there are no values. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low = NaN, high = NaN] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low === high ? low : low + (high - low) * (place % 1); // both may be Infinity
}

/** The median of the ratios. Each ratio is of two values from the same round. */
export function medianRatio(numerators: number[], denominators: number[]): number {
  return median(numerators.map((value, round) => value / (denominators[round] ?? NaN)));
}
