export interface Sample {
  /** Milliseconds. */
  at: number;
  mb: number;
}

/** The value that `share` of all values do not exceed; 0 for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Least-squares slope in MB a minute, of what comes after the first `skip` of the time. */
export function slopePerMinute(samples: readonly Sample[], skip: number): number {
  const rest = samples.slice(Math.floor(samples.length * skip));
  if (rest.length < 2) return 0;
  const mean = (of: (sample: Sample) => number) =>
    rest.reduce((sum, sample) => sum + of(sample), 0) / rest.length;
  const at = mean((sample) => sample.at);
  const mb = mean((sample) => sample.mb);
  const covariance = mean((sample) => (sample.at - at) * (sample.mb - mb));
  const variance = mean((sample) => (sample.at - at) ** 2);
  return variance === 0 ? 0 : (covariance / variance) * 60_000;
}
