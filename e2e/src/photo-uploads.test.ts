import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchView } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { findChromium } from '@image-studio/testkit/find-chromium';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from './browser/open-browser.ts';
import { openWatchedPage } from './browser/watched-page.ts';

/** Products, each with four photos in a folder of its own. `UPLOADED_PRODUCTS=250` for a thousand photos. */
const PRODUCTS = Number(process.env.UPLOADED_PRODUCTS ?? 40);
const VIEWS = ['front', 'back', 'detail-1', 'detail-2'];

const chromium = findChromium();
const inBrowser = chromium === null ? describe.skip : describe;

let studio: Deployment;
let browser: Browser;
let page: Page;
let folder: string;

beforeAll(async () => {
  if (chromium === null) return;
  folder = await aFolderOfPhotos();
  studio = await deploy({ workers: 0 });
  browser = await openBrowser(chromium);
  ({ page } = await openWatchedPage(browser));
  page.setDefaultTimeout(60_000);
});

afterAll(async () => {
  await browser?.close();
  await studio?.close();
  await rm(folder, { recursive: true, force: true });
});

/** `shoot/P-001/front.jpg` …, no two alike, and a table of some of the products. */
async function aFolderOfPhotos(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'image-studio-photos-'));
  const root = join(parent, 'shoot');
  const codes = Array.from({ length: PRODUCTS }, (_, n) => `P-${String(n + 1).padStart(3, '0')}`);
  for (const [product, code] of codes.entries()) {
    await mkdir(join(root, code), { recursive: true });
    const colour = distinctColour(product);
    const photo = await productPhoto({ seed: product, colour, width: 160, height: 160 });
    for (const [view, name] of VIEWS.entries()) {
      // A comment behind the picture makes its content another one.
      const bytes = Buffer.concat([photo, Buffer.from(`${product} ${view}`)]);
      await writeFile(join(root, code, `${name}.jpg`), bytes);
    }
  }
  await writeFile(join(root, '.DS_Store'), 'litter');
  await writeFile(join(root, 'notes.txt'), 'hello');
  const rows = codes.slice(1).map((code) => `${code},Product ${code}`);
  await writeFile(join(root, 'products.csv'), ['sku,title', ...rows].join('\n'));
  return root;
}

const stored = async () => (await readdir(join(studio.dataDir, 'objects', 'photos')).catch(() => [])).length;
const spooled = async () => (await readdir(join(studio.dataDir, 'uploads')).catch(() => [])).length;

inBrowser('a folder of photos, dropped on the page', () => {
  test('goes up whole although the API is killed in the middle, and becomes a batch', async () => {
    await page.goto(`${studio.url}/#/new`);
    await page.locator('input[webkitdirectory]').setInputFiles(folder);
    await eventually(async () => expect(await stored()).toBeGreaterThan(PRODUCTS / 2), {
      timeoutMs: 60_000,
      intervalMs: 10,
    });
    await studio.api.stop('SIGKILL');
    const before = await stored();
    expect(before).toBeLessThan(PRODUCTS * VIEWS.length);
    studio.api = await studio.startApi();
    // After some seconds without an answer the page pauses, and says so.
    const goOn = page.getByRole('button', { name: 'Go on' });
    if (await goOn.isVisible()) await goOn.click();
    await page.getByText(`${PRODUCTS * VIEWS.length} photos are there`).waitFor();
    expect(await stored()).toBe(PRODUCTS * VIEWS.length);
    await eventually(async () => expect(await spooled()).toBe(0));

    expect(await page.getByLabel('How the files are named').inputValue()).toBe('{sku}/{name}');
    await page.getByText(`Attributes from products.csv: ${PRODUCTS - 1} products`).waitFor();
    await page.getByText('1 SKU is not in the table').waitFor();
    await page.getByText('1 other file was passed over').waitFor();
    await page.getByText(`${PRODUCTS} SKUs, ${PRODUCTS * VIEWS.length} photos`).waitFor();
    await page.getByRole('button', { name: 'Submit batch' }).click();
    await page.getByRole('heading', { name: /Batch/ }).waitFor();
    const { items } = (await (await studio.get('/api/v1/batches')).json()) as { items: BatchView[] };
    const id = items[0]?.id ?? '';
    const sku = await (await studio.get(`/api/v1/batches/${id}/skus/P-002`)).json();
    expect(sku).toMatchObject({
      attributes: { title: 'Product P-002' },
      sources: ['front.jpg', 'back.jpg', 'detail-1.jpg', 'detail-2.jpg'].map((name, at) => ({
        name,
        isMain: at === 0,
        url: expect.stringMatching(/^photo:[0-9a-f]{64}$/),
      })),
    });
  });

  test('is not sent again to a page that was loaded anew', async () => {
    await page.goto('about:blank');
    await page.goto(`${studio.url}/#/new`);
    const uploads: string[] = [];
    page.on('request', (request) => {
      if (/\/photos(\?|$)/.test(request.url())) uploads.push(request.url());
    });
    await page.locator('input[webkitdirectory]').setInputFiles(folder);
    await page.getByText(`${PRODUCTS * VIEWS.length} had been uploaded before`).waitFor();
    expect(uploads).toEqual([]);
  });
});
