import { eventually } from '@image-studio/testkit';
import { findChromium } from '@image-studio/testkit/find-chromium';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, CDPSession } from 'playwright-core';
import sharp from 'sharp';
import { type BusyBatch, startBusyBatch } from './browser/busy-batch.ts';
import { openBrowser } from './browser/open-browser.ts';
import { openWatchedPage, type WatchedPage } from './browser/watched-page.ts';

/** A fleet at 6,000 calls a minute, the most that a quota allows, changes each SKU some four times. */
const CHANGES_PER_UPDATE = 100;
const MOST_HEAP_BYTES = 150e6;
const soon = { timeoutMs: 60_000 };

const chromium = findChromium();
const inBrowser = chromium === null ? describe.skip : describe;

let browser: Browser;
let busy: BusyBatch;
let watched: WatchedPage;
let cdp: CDPSession;

beforeAll(async () => {
  if (chromium === null) return;
  const thumb = await sharp({ create: { width: 320, height: 320, channels: 3, background: '#b5532a' } })
    .webp()
    .toBuffer();
  busy = await startBusyBatch({ skus: 10_000, changes: CHANGES_PER_UPDATE, thumb });
  browser = await openBrowser(chromium);
  watched = await openWatchedPage(browser);
  cdp = await watched.page.context().newCDPSession(watched.page);
  await cdp.send('Performance.enable');
});

afterAll(async () => {
  await browser?.close();
  await busy?.close();
});

async function metrics(): Promise<{ heapBytes: number; nodes: number }> {
  const { metrics: all } = await cdp.send('Performance.getMetrics');
  const named = Object.fromEntries(all.map(({ name, value }) => [name, value]));
  return { heapBytes: named.JSHeapUsedSize ?? 0, nodes: named.Nodes ?? 0 };
}

inBrowser('a tab that watches 10,000 SKUs at 400 changes a second', () => {
  test('shows every change, and nothing moves that nobody asked for', async () => {
    await watched.page.goto(`${busy.url}/#/batches/busy`);
    await watched.page.getByRole('gridcell', { name: /^SKU-00000/ }).waitFor();
    const told = busy.told();
    await eventually(() => expect(busy.told() - told).toBeGreaterThan(CHANGES_PER_UPDATE * 20), soon);
    expect((await watched.layoutShifts()).filter(({ value }) => value > 0.01)).toEqual([]);
  });

  test('is at any SKU at once, with a handful of elements', async () => {
    await watched.page.getByRole('gridcell').first().focus();
    await watched.page.keyboard.press('End');
    await watched.page.getByRole('gridcell', { name: /^SKU-09999/ }).waitFor();
    expect(await watched.page.getByRole('gridcell').count()).toBeLessThan(120);
  });

  test('holds less than 150 MB after a ride through all 10,000', async () => {
    await watched.page.evaluate(SCROLL_DOWN);
    await cdp.send('HeapProfiler.collectGarbage');
    const { heapBytes, nodes } = await metrics();
    process.stderr.write(`heap: ${(heapBytes / 1e6).toFixed(0)} MB, ${nodes} nodes\n`);
    expect(heapBytes).toBeLessThan(MOST_HEAP_BYTES);
    expect(watched.faults()).toEqual([]);
  });
});

/**
 * Runs in the page: scrolls from the top to the end, six screens a frame. Each part of the list is loaded on the way; a
 * screen a frame takes minutes where a slow machine draws without a graphics card.
 */
const SCROLL_DOWN = `new Promise((done) => {
  scrollTo(0, 0);
  const step = () => {
    scrollBy(0, 6 * innerHeight);
    if (scrollY + innerHeight >= document.documentElement.scrollHeight - 2) done();
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;
