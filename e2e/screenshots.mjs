/**
 * Makes the pictures of README and docs from a real run: starts the product as `npm start` does on a folder of its own,
 * waits for the sample batches, submits a larger one, and photographs the dashboard. `npm run screenshots`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@image-studio/testkit';
import { findChromium } from '@image-studio/testkit/find-chromium';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const LAUNCHER = fileURLToPath(new URL('../apps/launcher/dist/main.js', import.meta.url));
const TARGET = fileURLToPath(new URL('../docs/images/', import.meta.url));
/** SKUs of the batch that is photographed while it runs. */
const MANY = 400;
const DESKTOP = { width: 1280, height: 960 };
const PHONE = { width: 390, height: 844 };

const executablePath = findChromium();
if (executablePath === null) process.exit(1);
const dataDir = await mkdtemp(join(tmpdir(), 'image-studio-screenshots-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const studio = spawn(process.execPath, [LAUNCHER, 'start'], {
  env: {
    ...process.env,
    PORT: String(port),
    STUDIO_DATA_DIR: dataDir,
    IMAGE_MODEL: 'local',
    LOG_LEVEL: 'warn',
  },
  stdio: ['ignore', 2, 2],
});
let browser;
try {
  const samples = await finishedBatches(2);
  const catalogue = samples.find(({ name }) => name === 'Sample catalogue');
  const broken = samples.find(({ name }) => name?.startsWith('Broken links'));
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-quic'] });

  await photograph('batch', `#/batches/${catalogue.id}`, { viewport: DESKTOP });
  await photograph('failures', `#/batches/${broken.id}`, { viewport: { width: 1280, height: 900 } });
  const reviewed = await firstSku(catalogue.id, 'completed');
  await photograph('review', `#/batches/${catalogue.id}?sku=${encodeURIComponent(reviewed.sku)}`, {
    viewport: DESKTOP,
    ready: (page) => page.locator('.pane img').last().waitFor(),
  });
  const id = await submitMany(catalogue.id);
  await eventually(async () => assertShare(await get(`batches/${id}`), 0.4), {
    timeoutMs: 600_000,
    intervalMs: 500,
  });
  // Of those that are done: the ones at the beginning may still wait for each other's pictures.
  await photograph('running', `#/batches/${id}?state=completed`, { viewport: DESKTOP, colorScheme: 'dark' });
  await photograph('phone', `#/batches/${id}`, {
    viewport: PHONE,
    colorScheme: 'dark',
    deviceScaleFactor: 1.5,
  });
} finally {
  await browser?.close();
  const stopped = once(studio, 'exit');
  studio.kill('SIGTERM');
  await stopped;
  await rm(dataDir, { recursive: true, force: true });
}

/** Resolves with the sample batches once they have ended. */
function finishedBatches(count) {
  return eventually(
    async () => {
      const { items } = await get('batches');
      if (items.length < count || items.some(({ finishedAt }) => finishedAt === null))
        throw new Error('not yet');
      return items;
    },
    { timeoutMs: 300_000, intervalMs: 500 },
  );
}

async function firstSku(id, state) {
  const { items } = await get(`batches/${id}/skus?state=${state}`);
  return items[1] ?? items[0];
}

/** The sample photos again and again, small, and now and then a link that is broken. */
async function submitMany(catalogueId) {
  const { items } = await get(`batches/${catalogueId}/skus?limit=200`);
  const photos = items.flatMap(({ images }) => images.map(({ sourceUrl }) => sourceUrl));
  const skus = Array.from({ length: MANY }, (_, n) => {
    const photo = photos[n % photos.length];
    const url = n % 29 === 11 ? new URL('/broken/gone.jpg', photo).href : photo;
    return { sku: `AW26-${String(1000 + n)}`, images: [{ url }] };
  });
  const body = { name: 'Autumn/Winter 2026', skus, output: { width: 500, height: 500, format: 'webp' } };
  const answer = await fetch(`${url}/api/v1/batches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()).id;
}

function assertShare({ counts }, share) {
  const ended = counts.total - counts.waiting - counts.active;
  if (ended < counts.total * share) throw new Error(`${ended} of ${counts.total}`);
}

async function photograph(name, hash, { ready, ...options }) {
  const page = await browser.newPage({ locale: 'en-GB', ...options });
  await page.goto(`${url}/${hash}`);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('gridcell').first().waitFor();
  await ready?.(page);
  await page.waitForLoadState('networkidle').catch(() => {});
  // Pictures are decoded after they are loaded.
  await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode().catch(() => {}))));
  const png = await page.screenshot({ animations: 'disabled' });
  // A palette of 200 colours halves the bytes, and nobody sees it.
  const small = await sharp(png).png({ palette: true, colours: 200, effort: 10 }).toBuffer();
  await writeFile(join(TARGET, `${name}.png`), small);
  console.log(`docs/images/${name}.png ${Math.round(small.length / 1000)} kB`);
  await page.close();
}

async function get(path) {
  return (await fetch(`${url}/api/v1/${path}`)).json();
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address();
  server.close();
  await once(server, 'close');
  return free;
}
