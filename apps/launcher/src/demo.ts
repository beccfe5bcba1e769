import { setTimeout as delay } from 'node:timers/promises';
import type { BatchView } from '@image-studio/contract';
import type { Lifecycle } from '@image-studio/runtime';
import { readCatalogue } from './catalogue.ts';
import { summarise, summaryTable } from './demo-summary.ts';
import { formatLine } from './format-line.ts';
import { launch } from './launch.ts';
import { drawProgress } from './progress-bar.ts';
import type { Settings } from './read-settings.ts';
import { sampleBatch } from './sample-batches.ts';

/** How often the demo asks for the batch. */
const POLL_MS = 250;

const ENDED: readonly BatchView['status'][] = ['completed', 'failed', 'cancelled'];

/**
 * `npm run demo`: runs the sample catalogue to its end in the folder of `settings` and shows what came out. Resolves
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
  const { id } = await studio.client.submit(
    sampleBatch(await readCatalogue(), studio.catalogueOrigin),
    `demo-${startedAt}`,
  );
  const progress = drawProgress(json ? process.stderr : process.stdout);
  let batch = await studio.client.batch(id);
  for (; !ENDED.includes(batch.status); batch = await studio.client.batch(id)) {
    progress.show(batch);
    await delay(POLL_MS, undefined, { signal: lifecycle.signal });
  }
  progress.show(batch);
  progress.end();

  const seconds = Math.round((Date.now() - startedAt) / 100) / 10;
  const summary = await summarise(batch, await studio.client.skus(id), settings, seconds);
  process.stdout.write(json ? `${JSON.stringify(summary)}\n` : summaryTable(summary));
  return summary.ok ? 0 : 1;
}
