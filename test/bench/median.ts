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

/** The interval in which the median of all possible values is, with a probability of 95 %, if `values` are a sample. */
export function medianInterval(values: number[]): [low: number, high: number] {
  const halfWidth = 0.98 / Math.sqrt(values.length); // the normal approximation of the binomial distribution
  return [quantile(values, Math.max(0, 0.5 - halfWidth)), quantile(values, Math.min(1, 0.5 + halfWidth))];
}
