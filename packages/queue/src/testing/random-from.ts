/** For tests: the same numbers for the same seed, from 0 up to 1 (mulberry32), and what is drawn with them. */
export function randomFrom(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T,
  };
}

/**
 * So many seeds, others each time. `FUZZ_SEED` names the first one, to play a failure's choices again (timing decides the
 * rest); `FUZZ_SEEDS` says how many instead.
 */
export function seeds(count: number, env: Record<string, string | undefined>): number[] {
  const first = Number(env.FUZZ_SEED ?? Math.floor(Math.random() * 1e9));
  return Array.from({ length: Number(env.FUZZ_SEEDS ?? count) }, (_, n) => first + n);
}
