import { describe, expect, test } from '@jest/globals';
import { type EtaInput, estimateEta } from './eta.ts';

const input: EtaInput = {
  callsLeft: 60,
  callsLeftElsewhere: 0,
  callsPerMinute: 60,
  latencyMs: { p50: 10_000, p90: 20_000 },
};

function etaOf(change: Partial<EtaInput>): { lowSeconds: number; highSeconds: number } {
  const eta = estimateEta({ ...input, ...change });
  if (!eta) throw new Error('no estimate');
  return eta;
}

describe('estimateEta', () => {
  test('says nothing when nothing is left', () => {
    expect(estimateEta({ ...input, callsLeft: 0 })).toBeNull();
  });

  test('is the work over the quota, plus one call and its surroundings', () => {
    // 60 s of quota + 10 s + 1 s; 60 × 1.05 / 0.95 = 66.3 s of quota + 20 s + 10 s.
    expect(estimateEta(input)).toEqual({ lowSeconds: 71, highSeconds: 96 });
  });

  test('counts others only as far as fair share lets them in front', () => {
    const alone = etaOf({});
    const beside = etaOf({ callsLeftElsewhere: 30 });
    const crowded = etaOf({ callsLeftElsewhere: 60 });
    expect(beside.lowSeconds).toBe(alone.lowSeconds);
    expect(beside.highSeconds).toBeGreaterThan(alone.highSeconds);
    expect(crowded.highSeconds).toBeGreaterThan(beside.highSeconds);
    expect(etaOf({ callsLeftElsewhere: 100_000 })).toEqual(crowded);
  });

  test('halves its work with twice the quota', () => {
    const latencyMs = { p50: 0, p90: 0 };
    const slow = etaOf({ callsLeft: 6000, latencyMs }).lowSeconds - 1;
    const fast = etaOf({ callsLeft: 6000, latencyMs, callsPerMinute: 120 }).lowSeconds - 1;
    expect(fast * 2).toBe(slow);
  });

  test('stays a range in the right order before the first call was seen', () => {
    for (const callsLeft of [1, 10, 10_000]) {
      const { lowSeconds, highSeconds } = etaOf({ callsLeft, latencyMs: null });
      expect(lowSeconds).toBeGreaterThan(0);
      expect(highSeconds).toBeGreaterThan(lowSeconds);
    }
  });
});
