import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ATTACKS } from '@image-studio/e2e/neighbours/attacks';
import { openNeighbourhood, type Round } from '@image-studio/e2e/neighbours/neighbourhood';
import { startAttack } from '@image-studio/e2e/neighbours/start-attack';
import { startProcess } from '@image-studio/testkit/deployment';
import { percentile } from './load/figures.ts';
import { cpuSeconds } from './load/watch-cpu.ts';

/** What a neighbour may cost. */
const MOST = 1.5;

/** What one tenant's work takes, in one kind of company. */
interface Series {
  batches: number[];
  reads: number[];
  /** Of both replicas, seconds of CPU time a second. */
  cpu: number[];
}

/**
 * What an attack by one tenant costs another: beta's batches (from submission to webhook) and its reads of the list of batches,
 * over two replicas and three workers. Each attack is measured in rounds of three, in turn: nobody attacks; the same attackers
 * attack a server that does nothing, which is what they take from a machine that is shared with them; they attack the product.
 * Medians of all rounds. Arguments: rounds (3), names of attacks (all). Exits 1 when beta takes more than 1.5 times as long as
 * alone, and as beside the idle server.
 */
export async function benchNeighbours(args: string[]): Promise<void> {
  const [rounds = '3', ...names] = args;
  const town = await openNeighbourhood();
  const idle = await startIdleServer();
  const inVain = { apis: [idle.url, idle.url] as const, hanging: town.hanging };
  try {
    await town.betaWorks();
    const rows: Record<string, object> = {};
    for (const name of Object.keys(ATTACKS) as (keyof typeof ATTACKS)[]) {
      if (names.length > 0 && !names.includes(name)) continue;
      const [alone, control, beside] = [series(), series(), series()];
      for (let n = 0; n < Number(rounds); n += 1) {
        await measure(alone);
        for (const [target, into] of [
          [inVain, control],
          [town, beside],
        ] as const) {
          const attack = await startAttack(name, target, { isProven: target === town });
          try {
            await measure(into);
          } finally {
            await attack.stop();
          }
        }
      }
      rows[`${name}, a batch`] = judge(alone.batches, control.batches, beside.batches);
      rows[`${name}, a read`] = judge(alone.reads, control.reads, beside.reads);
      console.log(`${name}: CPU of both replicas ${cpuOf(alone)} → ${cpuOf(beside)} of a core`);
    }
    console.table(rows);
  } finally {
    await idle.stop();
    await town.close();
  }

  async function measure(into: Series): Promise<void> {
    const cpuBefore = cpu();
    const startedAt = performance.now();
    const { ms, reads }: Round = await town.betaWorks();
    into.cpu.push((cpu() - cpuBefore) / ((performance.now() - startedAt) / 1000));
    into.batches.push(ms);
    into.reads.push(...reads);
  }

  function cpu(): number {
    return town.apiPids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  }
}

const series = (): Series => ({ batches: [], reads: [], cpu: [] });
const median = (values: number[]) => percentile(values, 0.5);
const cpuOf = ({ cpu }: Series) => median(cpu).toFixed(2);

function judge(alone: number[], control: number[], beside: number[]): object {
  const ratio = median(beside) / median(alone);
  const ofControl = median(beside) / median(control);
  const isMet = ratio <= MOST || ofControl <= MOST;
  if (!isMet) process.exitCode = 1;
  return {
    'alone, ms': Math.round(median(alone)),
    'beside an idle server, ms': Math.round(median(control)),
    'beside the product, ms': Math.round(median(beside)),
    'over alone': Number(ratio.toFixed(2)),
    'over the idle server': Number(ofControl.toFixed(2)),
    verdict: isMet ? 'met' : 'MISSED',
  };
}

async function startIdleServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const file = fileURLToPath(import.meta.resolve('@image-studio/e2e/neighbours/idle-server-main'));
  const server = startProcess(file, { PATH: process.env.PATH ?? '' });
  const lines = createInterface({ input: server.child.stdout as NodeJS.ReadableStream });
  const [url] = (await once(lines, 'line')) as [string];
  return { url, stop: async () => void (await server.stop('SIGKILL')) };
}
