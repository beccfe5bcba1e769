import { type BusyBatch, startBusyBatch } from '@image-studio/e2e/browser/busy-batch';
import { openBrowser } from '@image-studio/e2e/browser/open-browser';
import { findChromium } from '@image-studio/testkit/find-chromium';
import type { CDPSession, Page } from 'playwright-core';
import sharp from 'sharp';
import type { Verdict } from './images/verdict.ts';

const SKUS = 10_000;
/** SKUs that change at each of four updates a second: a fleet at 6,000 calls a minute changes each SKU some four times. */
const CHANGES_PER_UPDATE = 100;
const WATCHED_MS = 8_000;
const MOST_FRAMES = 300;

/**
 * What a browser pays for a batch of 10,000 SKUs in which 400 change a second: processor time of the page's main thread
 * while it is watched and while it is scrolled. Machines differ by half, so each figure is held against a reference loop
 * that the same page runs just before: so many passes of JSON over 1 MB. Exits 1 when a target is missed.
 */
export async function benchDashboard(): Promise<void> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('this bench needs a browser');
  const busy = await startBusyBatch({ skus: SKUS, changes: CHANGES_PER_UPDATE, thumb: await thumbnail() });
  const browser = await openBrowser(executablePath);
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const cpuSeconds = await processorTime(page);
    const watching = await measureWatching(page, busy, cpuSeconds);
    const reference = await measureReference(page, cpuSeconds);
    const scrolling = await measureScrolling(page, cpuSeconds);
    report([
      verdict('watching, processor time a second', watching, reference, 5),
      verdict('scrolling, processor time a frame', scrolling, reference, 1.5),
    ]);
  } finally {
    await browser.close();
    await busy.close();
  }
}

function thumbnail(): Promise<Buffer> {
  return sharp({ create: { width: 320, height: 320, channels: 3, background: '#b5532a' } })
    .webp()
    .toBuffer();
}

/** Returns a reader of the seconds that the page's main thread has worked so far; time in which it waits does not count. */
async function processorTime(page: Page): Promise<() => Promise<number>> {
  const cdp: CDPSession = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  };
}

/** Milliseconds of processor time for each second of watching. */
async function measureWatching(
  page: Page,
  busy: BusyBatch,
  cpuSeconds: () => Promise<number>,
): Promise<number> {
  await page.goto(`${busy.url}/#/batches/busy`);
  await page.getByRole('gridcell', { name: /^SKU-00000/ }).waitFor();
  const before = await cpuSeconds();
  await page.waitForTimeout(WATCHED_MS);
  return (((await cpuSeconds()) - before) * 1_000) / (WATCHED_MS / 1_000);
}

/** Milliseconds of processor time for each frame of a fast scroll. */
async function measureScrolling(page: Page, cpuSeconds: () => Promise<number>): Promise<number> {
  const before = await cpuSeconds();
  const frames = await page.evaluate<number>(SCROLL_DOWN);
  return (((await cpuSeconds()) - before) * 1_000) / frames;
}

/** Milliseconds of processor time for one pass of the reference loop. */
async function measureReference(page: Page, cpuSeconds: () => Promise<number>): Promise<number> {
  await page.evaluate<number>(reference(3));
  const before = await cpuSeconds();
  await page.evaluate<number>(reference(20));
  return (((await cpuSeconds()) - before) * 1_000) / 20;
}

/** Runs in the page: reads and writes a list of 10,000 small objects, 1 MB as JSON, so many times. */
function reference(passes: number): string {
  return `(() => {
    const list = Array.from({ length: 10000 }, (_, index) => ({
      sku: 'SKU-' + index, index, state: 'completed', images: [{ width: 2000, height: 2000, url: '/thumbs/' + index }],
    }));
    let length = 0;
    for (let pass = 0; pass < ${passes}; pass += 1) length += JSON.stringify(JSON.parse(JSON.stringify(list))).length;
    return length;
  })()`;
}

/** Runs in the page: scrolls from the top, a third of a screen a frame; resolves with the number of frames. */
const SCROLL_DOWN = `new Promise((done) => {
  scrollTo(0, 0);
  let frames = 0;
  const step = () => {
    frames += 1;
    scrollBy(0, innerHeight / 3);
    const isOver = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    if (isOver || frames >= ${MOST_FRAMES}) done(frames);
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;

function verdict(name: string, ms: number, referenceMs: number, most: number): Verdict {
  const ratio = ms / referenceMs;
  return {
    target: `${name}: at most ${most} × the reference`,
    measured: `${ratio.toFixed(2)} × (${ms.toFixed(1)} ms against ${referenceMs.toFixed(1)} ms)`,
    met: ratio <= most,
  };
}

function report(verdicts: Verdict[]): void {
  console.table(verdicts);
  if (verdicts.some(({ met }) => !met)) process.exitCode = 1;
}
