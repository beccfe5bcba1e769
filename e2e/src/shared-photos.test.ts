import { eventually } from '@image-studio/testkit';
import { findChromium } from '@image-studio/testkit/find-chromium';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser/open-browser.ts';
import { openWatchedPage, type WatchedPage } from './browser/watched-page.ts';
import { openWorld, type World } from './world.ts';

const TITLES = [
  'Desk lamp',
  'Coffee mug',
  'Tennis racket',
  'Wool scarf',
  'Bread knife',
  'Garden hose',
  'Yoga mat',
];

const chromium = findChromium();
const inBrowser = chromium === null ? describe.skip : describe;
let world: World;
let browser: Browser;
let watched: WatchedPage;

beforeAll(async () => {
  if (chromium === null) return;
  world = await openWorld({ workers: 1, gemini: { latencyMs: 100 }, env: { AI_CALLS_PER_MINUTE: '40' } });
  browser = await openBrowser(chromium);
  watched = await openWatchedPage(browser);
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

async function submit(): Promise<string> {
  const photo = await productPhoto({ seed: 3, colour: distinctColour(3), width: 400, height: 400 });
  const skus = TITLES.map((title, n) => ({
    sku: `S${n}`,
    images: [{ url: world.supplier.serve(`/none-${n}.jpg`, photo) }],
    attributes: { title },
  }));
  return (await world.submit(skus)).id;
}

inBrowser('one photo under many products', () => {
  test('is shown as a question, and one answer lets all of its SKUs be made', async () => {
    const id = await submit();
    const before = await world.ended(id);
    const paid = world.gemini.stats().accepted;
    expect(paid).toBeLessThanOrEqual(5);
    expect(before.counts.needsReview).toBeGreaterThanOrEqual(TITLES.length - paid);
    const { page } = watched;
    await page.goto(`${world.studio.url}/#/batches/${id}`);
    const group = page.getByRole('listitem').filter({ hasText: 'different products have this photo' });
    await group.waitFor();
    expect(await group.textContent()).toContain(String(TITLES.length));
    const card = page.locator('[data-sku="S6"]');
    await card.getByText('Photo of several products').waitFor();
    expect(await card.locator('img').count()).toBe(1);
    expect(await watched.barriers()).toEqual([]);
    await group.getByRole('button', { name: 'Make them' }).click();
    await page
      .getByRole('dialog')
      .getByText(`${TITLES.length - paid} of them wait`)
      .waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Make them' }).click();
    await eventually(() => expect(world.gemini.stats().accepted).toBe(TITLES.length), { timeoutMs: 60_000 });
    expect((await world.ended(id)).counts).toMatchObject({ failed: 0, waiting: 0, active: 0 });
    await page.getByRole('listitem').filter({ hasText: 'you let them go on' }).waitFor();
    expect(watched.faults()).toEqual([]);
  });
});
