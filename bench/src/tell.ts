import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bars, drawBars, type Figures } from './draw-bars.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Read at the start: what others do on the machine, not what the bench does. */
const LOAD = loadavg()[0] ?? 0;
const saves = process.argv.includes('--save');

/**
 * Prints the figures of a bench. With `--save` they go to `bench/results/<name>.json` with machine and date, and the chart, if there is one, to
 * `docs/images/bench-<name>.svg`.
 */
export async function tell(name: string, figures: Figures, chart?: Bars): Promise<void> {
  console.table(figures);
  if (!saves) return;
  const folder = join(ROOT, 'bench/results');
  await mkdir(folder, { recursive: true });
  const text = `${JSON.stringify({ date: today(), machine: machine(), figures }, null, 2)}\n`;
  await writeFile(join(folder, `${name}.json`), text);
  if (chart === undefined) return;
  const footer = `${today()} · ${machine()}`;
  await writeFile(join(ROOT, `docs/images/bench-${name}.svg`), drawBars(chart, figures, footer));
}

export const today = (): string => new Date().toISOString().slice(0, 10);

/** Cores, memory and version, and how busy the machine was with other things. */
export function machine(): string {
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} cores, ${memory} GB, Node ${process.versions.node}, load ${LOAD.toFixed(1)}`;
}
