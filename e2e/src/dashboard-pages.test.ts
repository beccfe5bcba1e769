import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { findChromium } from '@image-studio/testkit/find-chromium';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from './browser/open-browser.ts';
import { openWatchedPage, type WatchedPage } from './browser/watched-page.ts';

const chromium = findChromium();
const inBrowser = chromium === null ? describe.skip : describe;

let supplier: Supplier;
let studio: Deployment;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  if (chromium === null) return;
  supplier = await startSupplier();
  supplier.serve(
    '/mug.jpg',
    await productPhoto({ seed: 1, colour: distinctColour(1), width: 400, height: 400 }),
  );
  studio = await deploy({ workers: 1 });
  browser = await openBrowser(chromium);
  watched = await openWatchedPage(browser);
  page = watched.page;
  page.setDefaultTimeout(15_000);
});

afterAll(async () => {
  await browser?.close();
  await studio?.close();
  await supplier?.close();
});

/** A table with a column that nobody knows, as a file. */
const table = (rows: string[]) => ({
  name: 'products.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(['Item SKU;Main image URL;Title;Shelf', ...rows].join('\n')),
});

inBrowser('the form for a new batch', () => {
  test('names the faults of a table by their line, and shows what it did read', async () => {
    await page.goto(`${studio.url}/#/new`);
    const file = page.locator('input[type=file]');
    await file.setInputFiles(
      table([`M-1;${supplier.origin}/mug.jpg;Mug;A1`, `;${supplier.origin}/mug.jpg;;`, 'M-3;;;']),
    );
    await page.getByText('has no SKU code').waitFor();
    await page.getByText('has no photo for SKU "M-3"').waitFor();
    expect(await page.getByRole('columnheader').allInnerTexts()).toEqual([
      expect.stringContaining('SKU code'),
      expect.stringContaining('photos'),
      expect.stringContaining('kept'),
      expect.stringContaining('kept'),
    ]);
    expect(await watched.barriers()).toEqual([]);
    expect(watched.faults()).toEqual([]);
  });

  test('says what a batch takes before it is submitted, and opens it after', async () => {
    const file = page.locator('input[type=file]');
    await file.setInputFiles(
      table([`M-1;${supplier.origin}/mug.jpg;Mug;A1`, `M-2;${supplier.origin}/mug.jpg;Mug;A2`]),
    );
    await page.getByText('2 SKUs, 2 photos').waitFor();
    await page.getByRole('radio', { name: /Etsy/ }).check({ force: true });
    await page.getByRole('checkbox', { name: /close-up/ }).check();
    await page.locator('.quote-figure', { hasText: 'AI calls' }).getByText('4', { exact: true }).waitFor();
    await page.getByLabel('Name').fill('By table');
    await page.getByRole('button', { name: 'Submit batch' }).click();
    await page.getByRole('heading', { name: 'By table' }).waitFor();
    expect(watched.faults()).toEqual([]);
  });
});

inBrowser('the list of batches', () => {
  test('keeps search and status in the address', async () => {
    await page.goto(`${studio.url}/#/`);
    await page.getByRole('link', { name: 'By table' }).waitFor();
    await page.getByLabel('Search name or id').fill('never');
    await page.getByRole('heading', { name: 'No batch matches' }).waitFor();
    expect(page.url()).toContain('q=never');
    await page.reload();
    await page.getByRole('heading', { name: 'No batch matches' }).waitFor();
    await page.getByLabel('Search name or id').fill('BY TAB');
    await page.getByRole('link', { name: 'By table' }).waitFor();
    expect(watched.faults()).toEqual([]);
  });
});

inBrowser("the fleet's page", () => {
  test('shows workers, queues and health, and says above every page that nobody works', async () => {
    await page.goto(`${studio.url}/#/fleet`);
    await page.getByText('answers in').first().waitFor();
    expect(await page.locator('.worker').count()).toBe(1);
    await page.getByRole('rowheader', { name: 'Waiting for AI calls' }).waitFor();
    expect(await watched.barriers()).toEqual([]);
    expect((await watched.layoutShifts()).filter(({ value }) => value > 0.01)).toEqual([]);
    for (const worker of studio.workers) await worker.stop('SIGTERM');
    await page.goto(`${studio.url}/#/`);
    await page.locator('.operator').getByText('No worker is running').waitFor({ timeout: 30_000 });
    expect(watched.faults()).toEqual([]);
  });
});
