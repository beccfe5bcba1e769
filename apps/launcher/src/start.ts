import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lifecycle } from '@image-studio/runtime';
import { readCatalogue } from './catalogue.ts';
import { formatLine } from './format-line.ts';
import { launch, type Studio } from './launch.ts';
import type { Settings } from './read-settings.ts';
import { brokenBatch, sampleBatch } from './sample-batches.ts';

/** `npm start`: runs until it is told to stop. On a new data folder it submits the sample batches once. */
export async function start(settings: Settings, lifecycle: Lifecycle): Promise<void> {
  const say = (message: string) => void process.stdout.write(`${message}\n`);
  const isColoured = process.stdout.isTTY === true;
  const studio = await launch({
    settings,
    lifecycle,
    say,
    onLine: (name, line) => say(formatLine(name, line, isColoured)),
  });
  lifecycle.signal.addEventListener('abort', () => say(`\n${stopping(settings)}`));
  const isNew = await submitSamples(studio, settings.dataDir);
  say(welcome(studio, settings, isNew));
}

/** The note in the folder keeps samples that somebody deleted from coming back. */
async function submitSamples({ client, catalogueOrigin }: Studio, dataDir: string): Promise<boolean> {
  const note = join(dataDir, 'samples-submitted');
  const wasSubmitted = await access(note).then(
    () => true,
    () => false,
  );
  if (wasSubmitted || (await client.hasBatches())) return false;
  await client.submit(brokenBatch(catalogueOrigin), 'image-studio-sample-broken');
  await client.submit(sampleBatch(await readCatalogue(), catalogueOrigin), 'image-studio-sample-catalogue');
  await writeFile(note, `${new Date().toISOString()}\n`);
  return true;
}

function stopping({ worker }: Settings): string {
  if (worker.model.engine === 'local') return 'Stopping …';
  return 'Stopping, as soon as calls that are on the wire have brought their pictures. Ctrl-C again leaves them.';
}

function welcome({ url }: Studio, { dataDir, worker, redisUrl }: Settings, isNew: boolean): string {
  const rows = [
    ['Dashboard', `${url}/`],
    ['REST API', `${url}/api/v1 (described at ${url}/docs)`],
    ['Queues', `${url}/admin/queues`],
    [
      'Image model',
      worker.model.engine === 'local'
        ? 'local (free; set GEMINI_API_KEY for Gemini)'
        : (worker.model.defaultModel ?? worker.model.engine),
    ],
    ['Data', redisUrl === undefined ? dataDir : `${dataDir} and the Redis of REDIS_URL`],
  ];
  const samples = isNew ? '\n  The sample catalogue and a batch of broken links are on their way.\n' : '';
  return [
    '\n  Image Studio is running.\n',
    ...rows.map(([title, text]) => `  ${title?.padEnd(12)} ${text}`),
    samples,
    '  Ctrl-C stops everything.\n',
  ].join('\n');
}
