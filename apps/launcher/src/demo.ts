import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lifecycle } from '@image-studio/runtime';
import { z } from 'zod';
import { readCatalogue } from './catalogue.ts';
import { summarise, summaryTable } from './demo-summary.ts';
import { formatLine } from './format-line.ts';
import { launch } from './launch.ts';
import type { Settings } from './read-settings.ts';
import { runCli } from './run-cli.ts';
import { sampleBatch } from './sample-batches.ts';

/**
 * `npm run demo`: has the command line submit the sample catalogue and follow it to its end, in the folder of `settings`, and shows
 * what came out. Resolves
 * with the exit code: 1 if any SKU failed. With `json` stdout gets one JSON summary and nothing else.
 */
export async function demo(
  settings: Settings,
  lifecycle: Lifecycle,
  { json }: { json: boolean },
): Promise<number> {
  const say = (message: string) => void process.stderr.write(`${message}\n`);
  const startedAt = Date.now();
  say(`Starting Redis, the API and two workers in ${settings.dataDir} …`);
  const studio = await launch({
    settings,
    lifecycle,
    fresh: true,
    say,
    onLine: (name, line) => say(formatLine(name, line, process.stderr.isTTY === true)),
  });
  const file = join(settings.dataDir, 'sample-catalogue.json');
  await writeFile(file, JSON.stringify(sampleBatch(await readCatalogue(), studio.catalogueOrigin)));
  const cli = (args: string[], stdout: 'pipe' | 'inherit') =>
    runCli(args, { studio, settings, lifecycle, stdout });
  const { id } = z
    .object({ id: z.string() })
    .parse(JSON.parse(await cli(['submit', file, '--json'], 'pipe')));
  await cli(['watch', id], json ? 'pipe' : 'inherit');
  const batch = await studio.client.batch(id);

  const seconds = Math.round((Date.now() - startedAt) / 100) / 10;
  const summary = await summarise(batch, await studio.client.skus(id), settings, seconds);
  process.stdout.write(json ? `${JSON.stringify(summary)}\n` : summaryTable(summary));
  return summary.ok ? 0 : 1;
}
