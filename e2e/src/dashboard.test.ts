import { gzipSync } from 'node:zlib';
import type { BatchView, SkuView } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { findChromium } from '@image-studio/testkit/find-chromium';
import { type GeminiStandIn, startGeminiStandIn } from '@image-studio/testkit/gemini-stand-in';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { type Supplier, startSupplier } from '@image-studio/testkit/supplier-stand-in';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { openBrowser } from './browser/open-browser.ts';
import { openWatchedPage, type WatchedPage } from './browser/watched-page.ts';
import { ONE_CHILD } from './world.ts';

/** As many as take a minute, so that there is something to watch and to interrupt. */
const SKUS = 30;
/** Scripts and styles, compressed, until a page is drawn that somebody opens first. */
const MOST_FIRST_BYTES = { list: 48_000, batch: 80_000 };
/** Of these the supplier has no photo. */
const GONE = [7, 23];

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
/** `bytes`: of the screenshot when somebody last looked at it. Fonts differ between machines, an empty page more. */
const SCREENS = [
  ['on a desk by day', { viewport: DESKTOP, colorScheme: 'light', bytes: 162_000 }],
  ['on a desk by night', { viewport: DESKTOP, colorScheme: 'dark', bytes: 162_000 }],
  ['on a phone by day', { viewport: PHONE, colorScheme: 'light', bytes: 62_000 }],
  ['on a phone by night', { viewport: PHONE, colorScheme: 'dark', bytes: 62_000 }],
  ['in Chinese', { viewport: PHONE, colorScheme: 'light', locale: 'zh-CN', bytes: 62_000 }],
] as const;

/** Runs in the page: how many pictures of the first two cards have not come. */
const PICTURES_ON_THE_WAY = `[...document.querySelectorAll('[role=gridcell] img')].slice(0, 4).filter((one) => !one.complete).length`;

const chromium = findChromium();
const inBrowser = chromium === null ? describe.skip : describe;

let gemini: GeminiStandIn;
let supplier: Supplier;
let studio: Deployment;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  if (chromium === null) return;
  gemini = await startGeminiStandIn({ latencyMs: 400, side: 512 });
  supplier = await startSupplier();
  for (let n = 0; n < SKUS; n += 1) {
    if (GONE.includes(n)) continue;
    supplier.serve(
      `/${n}.jpg`,
      await productPhoto({ seed: n, colour: distinctColour(n), width: 600, height: 600 }),
    );
  }
  studio = await deploy({
    workers: 2,
    env: {
      ...ONE_CHILD,
      GEMINI_API_KEY: gemini.apiKey,
      GEMINI_BASE_URL: gemini.baseUrl,
      AI_CALLS_PER_MINUTE: '120',
    },
  });
  browser = await openBrowser(chromium);
  watched = await openWatchedPage(browser);
  page = watched.page;
  page.setDefaultTimeout(15_000);
});

afterAll(async () => {
  await browser?.close();
  await studio?.close();
  await supplier?.close();
  await gemini?.close();
});

inBrowser('the dashboard', () => {
  let id: string;
  const code = (n: number) => `TEE-${String(n).padStart(2, '0')}`;
  const batch = async (): Promise<BatchView> =>
    (await studio.get(`/api/v1/batches/${id}`)).json() as Promise<BatchView>;
  const skuOf = async (sku: string): Promise<SkuView> =>
    (await studio.get(`/api/v1/batches/${id}/skus/${sku}`)).json() as Promise<SkuView>;
  const open = async (): Promise<void> => {
    // Anew, whatever dialog the last test left open.
    await page.goto('about:blank');
    watched.faults();
    await page.goto(`${studio.url}/#/batches/${id}`);
    await cell(code(0)).waitFor();
  };
  /** When somebody who comes for the first time sees something. */
  const paintMs = async (): Promise<number> => {
    const visit = await openWatchedPage(browser);
    await visit.page.goto(`${studio.url}/`);
    await visit.page.getByRole('heading', { name: 'No batches yet' }).waitFor();
    const ms = await visit.page.evaluate<number>(
      `performance.getEntriesByName('first-contentful-paint')[0].startTime`,
    );
    await visit.close();
    return ms;
  };
  const cell = (sku: string) => page.getByRole('gridcell', { name: new RegExp(`^${sku},`) });
  const counts = async (): Promise<Record<string, number>> => {
    const words = await page
      .getByRole('group', { name: 'Filter by state' })
      .getByRole('button')
      .allInnerTexts();
    return Object.fromEntries(
      words.map((text) => [text.replace(/[\s\d,]+$/, ''), Number(text.replace(/\D/g, ''))]),
    );
  };

  test('is there at once for somebody new, and says what to do', async () => {
    await page.goto(`${studio.url}/`);
    await page.getByRole('heading', { name: 'No batches yet' }).waitFor();
    expect(await watched.barriers()).toEqual([]);
    await page.getByRole('link', { name: 'New batch' }).first().click();
    await page.getByRole('heading', { name: 'New batch' }).waitFor();
    expect(await watched.barriers()).toEqual([]);
    expect(watched.faults()).toEqual([]);
  });

  test('starts with little code, and paints within a second', async () => {
    const visit = await openWatchedPage(browser);
    for (const [page, hash, words] of [
      ['list', '#/', 'No batches yet'],
      ['batch', '#/batches/none', 'This batch cannot be shown'],
    ] as const) {
      await visit.page.goto('about:blank');
      await visit.page.goto(`${studio.url}/${hash}`);
      await visit.page.getByRole('heading', { name: words }).waitFor();
      const names = await visit.page.evaluate<string[]>(
        `performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\\.(js|css)$/.test(name))`,
      );
      const files = await Promise.all(
        names.map(async (name) => gzipSync(await (await fetch(name)).arrayBuffer())),
      );
      const bytes = files.reduce((sum, { length }) => sum + length, 0);
      process.stderr.write(`first load of a ${page}: ${bytes} bytes in ${files.length} files\n`);
      expect(files.length).toBeGreaterThan(1);
      expect(bytes).toBeLessThan(MOST_FIRST_BYTES[page]);
    }
    await visit.close();
    // The best of three: what others do on the machine meanwhile is not the page's doing.
    const visits = [await paintMs(), await paintMs(), await paintMs()];
    const paintedMs = Math.min(...visits);
    process.stderr.write(`first paint after ${Math.round(paintedMs)} ms\n`);
    expect(paintedMs).toBeLessThan(1_000);
  });

  test('takes a table, says what it has recognised, and opens its batch', async () => {
    const rows = Array.from({ length: SKUS }, (_, n) => `${code(n)},${supplier.origin}/${n}.jpg,cotton`);
    const table = ['SKU,Image URL,Material', ...rows].join('\r\n');
    const file = { name: 'shirts.csv', mimeType: 'text/csv', buffer: Buffer.from(table) };
    await page.locator('input[type=file]').first().setInputFiles(file);
    await page.getByText(`${SKUS} SKUs, ${SKUS} photos`).waitFor();
    expect(await watched.barriers()).toEqual([]);
    await page.getByRole('textbox', { name: 'Name (optional)' }).fill('Thirty shirts');
    await page.getByRole('button', { name: 'Submit batch' }).click();
    await page.getByRole('heading', { name: 'Thirty shirts' }).waitFor();
    await watched.layoutShifts();
    id = /#\/batches\/([^?]+)/.exec(page.url())?.[1] ?? '';
    expect((await batch()).counts.total).toBe(SKUS);
  });

  test('shows counts that add up while they change, and nothing jumps', async () => {
    const seen: number[] = [];
    await eventually(
      async () => {
        const { All, ...rest } = await counts();
        expect(Object.values(rest).reduce((sum, count) => sum + count, 0)).toBe(All);
        seen.push(rest.Completed ?? 0);
        expect(new Set(seen).size).toBeGreaterThan(3);
      },
      { timeoutMs: 60_000, intervalMs: 200 },
    );
    expect(await page.getByRole('gridcell').count()).toBeGreaterThan(8);
    expect((await watched.layoutShifts()).filter(({ value }) => value > 0.01)).toEqual([]);
    expect(watched.faults()).toEqual([]);
  });

  test('says that it has lost the server, and ends up with exactly what REST says', async () => {
    await studio.api.stop('SIGKILL');
    await page.getByText('Reconnecting…').first().waitFor();
    const before = await counts();
    studio.api = await studio.startApi();
    await eventually(async () => expect((await batch()).finishedAt).not.toBeNull(), {
      timeoutMs: 150_000,
      intervalMs: 250,
    });
    await page.getByText('Live', { exact: true }).waitFor();
    await eventually(async () => {
      const { counts: told } = await batch();
      expect(await counts()).toEqual({
        All: told.total,
        Completed: told.completed,
        'Needs review': told.needsReview,
        Failed: told.failed,
        Cancelled: told.cancelled,
        Active: told.active,
        Waiting: told.waiting,
      });
    });
    expect(before).not.toEqual(await counts());
    const { items } = (await (await studio.get(`/api/v1/batches/${id}/skus?limit=200`)).json()) as {
      items: SkuView[];
    };
    const names: Record<string, string> = {
      completed: 'Completed',
      failed: 'Failed',
      needsReview: 'Needs review',
    };
    await page.keyboard.press('Home');
    for (const { sku, state, failure } of items.slice(0, 12)) {
      const label = await cell(sku).getAttribute('aria-label');
      // What failed tells why, in place of the bare word.
      if (failure) expect(label).toContain(failure.message);
      else expect(label).toBe(`${sku}, ${names[state]}`);
    }
    // The browser itself notes each request that found nobody.
    watched.faults();
  });

  test('groups what failed by reason, shows it, and counts what trying again would make', async () => {
    await open();
    await page.getByRole('button', { name: 'Show', exact: true }).first().click();
    await eventually(async () => expect(await page.getByRole('gridcell').count()).toBe(GONE.length));
    expect(page.url()).toContain('reason=SOURCE_NOT_FOUND');
    await page.getByRole('button', { name: 'Retry…', exact: true }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Retry failed SKUs?' });
    await dialog.getByText(`${GONE.length} SKUs are tried again`).waitFor();
    expect(await watched.barriers()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await eventually(async () =>
      expect(await page.getByRole('gridcell').count()).toBeGreaterThan(GONE.length),
    );
  });

  test('is reviewed by keyboard: approve, reject, undo', async () => {
    await open();
    await cell(code(0)).focus();
    // A key decides about nothing that is not on the screen yet.
    await eventually(async () => expect(await page.evaluate(PICTURES_ON_THE_WAY)).toBe(0));
    await page.keyboard.press('a');
    await eventually(async () => expect((await skuOf(code(0))).images[0]?.review?.decision).toBe('approved'));
    await cell(`${code(0)}`)
      .and(page.getByLabel('Approved'))
      .waitFor();
    expect(await page.evaluate(`document.activeElement.getAttribute('data-sku')`)).toBe(code(1));
    await page.keyboard.press('r');
    await eventually(async () => expect((await skuOf(code(1))).state).toBe('failed'));
    await page.keyboard.press('z');
    await eventually(async () => expect((await skuOf(code(1))).state).not.toBe('failed'));
    expect((await skuOf(code(1))).images[0]?.review).toBeNull();
    expect(watched.faults()).toEqual([]);
  });

  test('makes a picture anew with an edited prompt, unless it is taken back in time', async () => {
    await open();
    const calls = (await batch()).calls.made;
    await cell(code(2)).focus();
    await page.keyboard.press('g');
    const dialog = page.getByRole('dialog', { name: `Make a new picture of ${code(2)}` });
    await dialog
      .getByLabel('What should be different?')
      .fill('The shirt on a plain white background, folded.');
    await dialog.getByRole('button', { name: 'Regenerate' }).click();
    await page.getByText(`Regenerating ${code(2)}`).waitFor();
    await page.keyboard.press('z');
    await page.getByText(`Taken back: ${code(2)}`).waitFor();
    await cell(code(3)).focus();
    await page.keyboard.press('g');
    const second = page.getByRole('dialog', { name: `Make a new picture of ${code(3)}` });
    await second
      .getByLabel('What should be different?')
      .fill('The shirt on a plain white background, folded.');
    await second.getByRole('button', { name: 'Regenerate' }).click();
    await eventually(
      async () => {
        const { images, state } = await skuOf(code(3));
        expect({ prompt: images[0]?.prompt, state }).toEqual({
          prompt: expect.stringContaining('folded'),
          state: expect.stringMatching(/completed|needsReview/),
        });
      },
      { timeoutMs: 30_000, intervalMs: 100 },
    );
    expect((await batch()).calls.made).toBe(calls + 1);
    expect((await skuOf(code(2))).images[0]?.prompt).not.toContain('folded');
  });

  test('opens a SKU with its slider, checks and timeline, and closes where it was', async () => {
    await open();
    await cell(code(5)).focus();
    await page.keyboard.press('Enter');
    const screen = page.getByRole('dialog', { name: `Details of ${code(5)}` });
    await screen.getByRole('button', { name: 'Slider' }).click();
    const slider = screen.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    expect(await slider.inputValue()).toBe('49');
    await screen.getByText(/checks, as measured$/).click();
    expect(await screen.getByRole('table', { name: 'Checks' }).getByRole('row').count()).toBeGreaterThan(3);
    await screen.getByRole('heading', { name: /^Timeline/ }).waitFor();
    expect(await watched.barriers()).toEqual([]);
    await screen.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('dialog', { name: `Details of ${code(6)}` }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // The address follows in a turn of its own.
    await page.waitForURL(({ hash }) => !hash.includes('sku='));
    expect(watched.faults()).toEqual([]);
  });

  test('decides about many at once, after a moment to take it back', async () => {
    await open();
    await cell(code(10)).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('region', { name: '3 selected' }).getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approving 3 SKUs…').waitFor();
    expect((await skuOf(code(10))).images[0]?.review).toBeNull();
    await eventually(
      async () => {
        for (const n of [10, 11, 12])
          expect((await skuOf(code(n))).images[0]?.review?.decision).toBe('approved');
      },
      { timeoutMs: 20_000, intervalMs: 100 },
    );
  });

  test.each(SCREENS)('looks right %s', async (name, { bytes, ...options }) => {
    const visit = await openWatchedPage(browser, options);
    await visit.page.goto(`${studio.url}/#/batches/${id}`);
    await visit.page.getByRole('gridcell', { name: new RegExp(`^${code(0)},`) }).waitFor();
    await visit.page.evaluate(
      `Promise.all([...document.images].map((image) => image.decode().catch(() => {})))`,
    );
    const width = await visit.page.evaluate<number>('document.documentElement.scrollWidth');
    const png = await visit.page.screenshot({ animations: 'disabled' });
    const { dominant } = await sharp(png).stats();
    process.stderr.write(`${name}: ${png.length} bytes, background ${JSON.stringify(dominant)}\n`);
    expect(width).toBe(options.viewport.width);
    expect(dominant.r > 128).toBe(options.colorScheme === 'light');
    expect(png.length / bytes).toBeGreaterThan(0.5);
    expect(png.length / bytes).toBeLessThan(2);
    expect(await visit.barriers()).toEqual([]);
    expect(visit.faults()).toEqual([]);
    await visit.close();
  });

  test('cancels a running batch after saying what that means', async () => {
    const skus = Array.from({ length: SKUS }, (_, n) => ({
      sku: code(n),
      images: [{ url: `${supplier.origin}/${n}.jpg` }],
    }));
    const answer = await studio.post('/api/v1/batches', {
      name: 'To be cancelled',
      skus,
      main: { extraPrompt: 'On a hanger.' },
    });
    id = ((await answer.json()) as { id: string }).id;
    await open();
    await page.getByRole('button', { name: 'Cancel batch' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel this batch?' });
    await dialog.getByText(/have not finished will stop/).waitFor();
    await dialog.getByRole('button', { name: 'Cancel batch' }).click();
    await eventually(async () => expect((await batch()).status).toBe('cancelled'));
    await eventually(async () => expect((await counts()).Cancelled).toBe((await batch()).counts.cancelled));
    expect(watched.faults()).toEqual([]);
  });
});
