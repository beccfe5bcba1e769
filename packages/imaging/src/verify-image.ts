import type { Check } from '@image-studio/contract';
import type { FinishSpec } from './finish-spec.ts';
import { CHECKS } from './verify/checks.ts';
import { type Finished, gatherEvidence } from './verify/evidence.ts';

/**
 * Measures a finished file against what was asked, against the model's picture that it was made from, and against the photos
 * that the model was given (`spec.photos`). Returns one check for each rule, in the order in which the rules are measured; when
 * a rule was measured twice, the failed check. `measured` is in the unit that `required` names; `fix` says what was repaired.
 * The caller decides what a failed check means. Rejects when one of the photos cannot be decoded.
 */
export async function verifyImage(finished: Finished, spec: FinishSpec): Promise<Check[]> {
  const evidence = await gatherEvidence(finished, spec);
  const measured = CHECKS.flatMap((check) => check(evidence) ?? []);
  return oneOfEachRule([...measured, ...finished.captioned.checks]);
}

/** One check for each rule: the one that failed, where the model's picture and the finished one were both measured. */
function oneOfEachRule(checks: Check[]): Check[] {
  const byRule = new Map<string, Check>();
  for (const check of checks) {
    const known = byRule.get(check.rule);
    if (!known || known.pass) byRule.set(check.rule, check);
  }
  return [...byRule.values()];
}
