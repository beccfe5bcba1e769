/** How a request that was sent ended. */
export interface CallResult {
  /** `ok`, or the kind of fault; a label of the metrics. */
  outcome: string;
  costUsd: number;
  latencyMs: number;
  /** Whether the model answers at all, whatever it answered. */
  health: 'up' | 'down' | 'unknown';
  /** Whether the provider counts it against its quota of calls. */
  counted: boolean;
}
