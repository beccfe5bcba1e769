import type { AuditView } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { findChromium } from '@image-studio/testkit/find-chromium';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { openBrowser } from './browser/open-browser.ts';
import { openWatchedPage, type WatchedPage } from './browser/watched-page.ts';

const chromium = findChromium();
const inBrowser = chromium === null ? describe.skip : describe;

let supplier: Supplier;
let studio: Deployment;
let browser: Browser | undefined;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  supplier = await startSupplier();
  studio = await deploy({ workers: 2 });
  if (chromium === null) return;
  browser = await openBrowser(chromium);
  watched = await openWatchedPage(browser);
  page = watched.page;
  page.setDefaultTimeout(20_000);
});

afterAll(async () => {
  await browser?.close();
  await studio?.close();
  await supplier?.close();
});

/** A shaded box in the middle of a square: what a shop shows, in some size on some background. */
async function picture(side: number, background = '#ffffff'): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="${side}" height="${side}"><defs><linearGradient id="g" x2="1" y2="1"><stop offset="0" stop-color="#c8542e"/><stop offset="1" stop-color="#4a1a0c"/></linearGradient></defs><rect width="100" height="100" fill="${background}"/><rect x="7" y="10" width="86" height="80" rx="6" fill="url(#g)"/><circle cx="40" cy="45" r="16" fill="#8fb7d9"/></svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 90 }).toBuffer();
}

/** Rows of products, whose pictures are served; each of the kinds comes `each` times. */
async function shop(name: string, each: number): Promise<string> {
  const kinds = {
    good: await picture(1500),
    small: await picture(320),
    tiny: await picture(80),
    page: Buffer.from('<!doctype html><title>Not here</title>'),
    gone: null,
  };
  const rows = Object.entries(kinds).flatMap(([kind, bytes]) =>
    Array.from({ length: each }, (_, n) => {
      const path = `/${name}/${kind}-${n}.jpg`;
      if (bytes) supplier.serve(path, bytes);
      return `${name}-${kind}-${n};${supplier.origin}${path};Mug ${n}`;
    }),
  );
  return ['sku;image;title', ...rows].join('\n');
}

const read = async (id: string): Promise<AuditView> =>
  (await (await studio.get(`/api/v1/audits/${id}`)).json()) as AuditView;

test('an audit goes on when the worker that measures is killed: each picture is counted once, and no fault is missed', async () => {
  const each = 24;
  const table = await shop('killed', each);
  const response = await fetch(`${studio.url}/api/v1/audits?profile=google-merchant`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: table,
  });
  expect(response.status).toBe(202);
  const { id } = (await response.json()) as AuditView;
  await eventually(async () => expect((await read(id)).pictures.measured).toBeGreaterThan(each / 2), {
    timeoutMs: 60_000,
    intervalMs: 20,
  });
  for (const { child } of studio.workers) child.kill('SIGKILL');
  const before = (await read(id)).pictures.measured;
  expect(before).toBeLessThan(5 * each);
  await studio.startWorker();
  await eventually(async () => expect((await read(id)).status).toBe('completed'), { timeoutMs: 90_000 });
  const audit = await read(id);
  expect(audit.pictures).toEqual({ total: 5 * each, measured: 5 * each });
  expect(audit.failing).toMatchObject([{ today: 3 * each, later: [{ date: '2027-01-31', count: each }] }]);
  const counts = audit.findings
    .filter(({ level }) => level === 'refused')
    .map(({ rule, from, count }) => `${rule} ${from} ${count}`);
  expect(counts.sort()).toEqual(
    [
      `image null ${each}`,
      `link null ${each}`,
      `shorterSide 2027-01-31 ${2 * each}`,
      `shorterSide null ${each}`,
    ].sort(),
  );
});

inBrowser('the page of picture checks', () => {
  test('takes a table, shows what fails and from when, and makes a batch of it', async () => {
    await page.goto(`${studio.url}/#/audits`);
    await page.locator('input[type=file]').setInputFiles({
      name: 'autumn.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(await shop('page', 3)),
    });
    await page.getByRole('button', { name: 'Check pictures' }).click();
    await page.getByRole('heading', { name: 'autumn.csv' }).waitFor();
    await page.getByText('15 of 15 pictures measured').waitFor({ timeout: 60_000 });
    await page.getByText('more fail from').waitFor();
    const small = page.locator('.audit-finding').filter({ hasText: 'Shorter side less than 500 pixels' });
    await small.getByText('6 pictures').waitFor();
    await small.locator('img').first().waitFor();
    expect(await watched.barriers()).toEqual([]);
    await small.getByRole('button', { name: 'Make a batch of these' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('6 SKUs get a new main picture').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Make a batch of all that fail' }).click();
    await page.getByRole('dialog').getByText('6 SKUs have no picture that could be used').waitFor();
    await page.getByRole('button', { name: 'Make the batch' }).click();
    await page.waitForURL(/#\/batches\/b/);
    expect(watched.faults()).toEqual([]);
  });
});
