/** One target, what was measured in this run, and whether it was met. */
export interface Verdict {
  target: string;
  measured: string;
  met: boolean;
}
