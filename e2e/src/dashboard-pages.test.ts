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
  test('says line by line what it leaves out of a table, and shows what it did read', async () => {
    await page.goto(`${studio.url}/#/new`);
    const file = page.locator('input[type=file]').first();
    await file.setInputFiles(
      table([`M-1;${supplier.origin}/mug.jpg;Mug;A1`, `;${supplier.origin}/mug.jpg;;`, 'M-3;;;']),
    );
    await page.getByText('has no SKU code').waitFor();
    await page.getByText('has no photo for SKU "M-3"').waitFor();
    expect(await page.getByRole('columnheader').allInnerTexts()).toEqual([
      expect.stringContaining('Item SKU'),
      expect.stringContaining('Main image URL'),
      expect.stringContaining('Title'),
      expect.stringContaining('Shelf'),
    ]);
    const uses = await page
      .locator('.preview select')
      .evaluateAll((all) => all.map((one) => (one as unknown as { value: string }).value));
    expect(uses).toEqual(['sku', 'main', 'attribute', 'attribute']);
    expect(await watched.barriers()).toEqual([]);
    expect(watched.faults()).toEqual([]);
  });

  test('says whose export it is, which encoding it has, and why a picture cannot be used', async () => {
    await page.goto(`${studio.url}/#/new`);
    const file = page.locator('input[type=file]').first();
    const headings = 'Handle,Title,Variant SKU,Image Src,Image Position,Variant Image,Status';
    const rows = [`mug,Mug,M-1,${supplier.origin}/2.jpg,2,,active`, `mug,,,${supplier.origin}/1.jpg,1,,`];
    const shopify = Buffer.from([headings, ...rows].join('\n'));
    await file.setInputFiles({
      name: 'products_export.csv',
      mimeType: 'application/vnd.ms-excel',
      buffer: shopify,
    });
    await page.getByText('Shopify export, 1 SKU, 2 photos').waitFor();
    const latin = Buffer.from(`SKU;Titel;Bild\nGRÜN-1;Tasse;${supplier.origin}/1.jpg`, 'latin1');
    await file.setInputFiles({ name: 'latin.csv', mimeType: 'text/csv', buffer: latin });
    await page.getByText('It was read as Windows-1252').waitFor();
    await page.getByRole('cell', { name: 'GRÜN-1' }).waitFor();
    await page.getByLabel(/^Encoding/).selectOption('windows-1251');
    await page.getByRole('cell', { name: 'GRЬN-1' }).waitFor();
    expect(await watched.barriers()).toEqual([]);
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46]);
    await file.setInputFiles({ name: 'mug.jpg', mimeType: 'image/jpeg', buffer: jpeg });
    await page.getByText('1 file was not taken').click();
    await page.getByText('photo is damaged or cut off').waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    // Browsers call every refusal an error.
    expect(watched.faults()).toEqual([expect.stringContaining('status of 422')]);
  });

  test('lets columns be chosen where nothing fits, and remembers it for the same headings', async () => {
    const file = page.locator('input[type=file]').first();
    const buffer = Buffer.from(
      `Nr,Was,Vorne,Hinten\n7,Tasse,${supplier.origin}/1.jpg,${supplier.origin}/2.jpg\n`,
    );
    const drop = () => file.setInputFiles({ name: 'own.csv', mimeType: 'text/csv', buffer });
    await drop();
    await page.getByText('has no column "sku"').waitFor();
    await page.getByLabel('Use of column Nr').selectOption('sku');
    await page.getByText('1 SKU, 2 photos').waitFor();
    await page.getByLabel('Use of column Hinten').selectOption('main');
    await page.getByText('1 SKU, 2 photos').waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    await drop();
    await page.getByText('1 SKU, 2 photos').waitFor();
    expect(await page.getByLabel('Use of column Hinten').inputValue()).toBe('main');
    await page.getByRole('button', { name: 'Undo my choice of columns' }).click();
    await page.getByText('has no column "sku"').waitFor();
    expect(watched.faults()).toEqual([]);
  });

  test('says what a batch takes before it is submitted, and opens it after', async () => {
    const file = page.locator('input[type=file]').first();
    await file.setInputFiles(
      table([`M-1;${supplier.origin}/mug.jpg;Mug;A1`, `M-2;${supplier.origin}/mug.jpg;Mug;A2`]),
    );
    await page.getByText('2 SKUs, 2 photos').waitFor();
    await page.getByRole('radio', { name: /Etsy/ }).check({ force: true });
    await page.getByRole('checkbox', { name: /close-up/ }).check();
    await page.locator('.quote-figure', { hasText: 'AI calls' }).getByText('4', { exact: true }).waitFor();
    await page.getByRole('textbox', { name: 'Name (optional)' }).fill('By table');
    await page.getByRole('button', { name: 'Submit batch' }).click();
    await page.getByRole('heading', { name: 'By table' }).waitFor();
    expect(watched.faults()).toEqual([]);
  });
});

inBrowser('the list of batches', () => {
  test('keeps search and status in the address', async () => {
    await page.goto(`${studio.url}/#/`);
    await page.getByRole('link', { name: 'By table' }).waitFor();
    await page.getByLabel('Search name, id or SKU').fill('never');
    await page.getByRole('heading', { name: 'No batch matches' }).waitFor();
    expect(page.url()).toContain('q=never');
    await page.reload();
    await page.getByRole('heading', { name: 'No batch matches' }).waitFor();
    await page.getByLabel('Search name, id or SKU').fill('BY TAB');
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
