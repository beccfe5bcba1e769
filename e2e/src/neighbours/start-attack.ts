import { fileURLToPath } from 'node:url';
import { eventually } from '@image-studio/testkit';
import { startProcess } from '@image-studio/testkit/deployment';
import { type ATTACKS, FULL_SWING, type Tally, type Target } from './attacks.ts';

export interface RunningAttack {
  /** What it has done so far. */
  tally(): Tally;
  stop(): Promise<void>;
}

/**
 * Starts an attack in a process of its own, so that it takes nothing from those who measure. Resolves when it has shown its
 * strength (`isProven`, default true), or is in full swing by its own account.
 */
export async function startAttack(
  name: keyof typeof ATTACKS,
  target: Target,
  { isProven = true } = {},
): Promise<RunningAttack> {
  const main = fileURLToPath(new URL('../../dist/neighbours/attack-main.js', import.meta.url));
  const attacker = startProcess(main, { PATH: process.env.PATH ?? '' }, [name, JSON.stringify(target)]);
  const tally = (): Tally => {
    const line = attacker.output().trimEnd().split('\n').at(-1) ?? '';
    return line.startsWith('{') ? (JSON.parse(line) as Tally) : {};
  };
  const least: Tally = isProven ? { swing: 1, ...FULL_SWING[name] } : { swing: 1 };
  try {
    await eventually(
      () => {
        const now = tally();
        const weak = Object.entries(least).filter(([what, n]) => (now[what] ?? 0) < n);
        if (weak.length > 0)
          throw new Error(`${name} is not in full swing: ${attacker.output().slice(-500)}`);
      },
      { timeoutMs: 90_000 },
    );
  } catch (error) {
    await attacker.stop('SIGKILL');
    throw error;
  }
  return { tally, stop: async () => void (await attacker.stop('SIGKILL')) };
}
