import { startBusyBatch } from '@image-studio/e2e/browser/busy-batch';
import { openBrowser } from '@image-studio/e2e/browser/open-browser';
import { findChromium } from '@image-studio/testkit/find-chromium';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import type { Verdict } from './images/verdict.ts';

/** SKUs of the batches, and how many of them change at each of four updates a second while somebody judges. */
const BATCHES = [
  { skus: 12, changes: 1 },
  { skus: 500, changes: 10 },
  { skus: 10_000, changes: 100 },
];
/** Decisions for each batch, as long as it has so many to judge. */
const DECISIONS = 60;
/** Somebody who judges quickly. */
const LOOKED_AT_MS = 350;
/** By which the next picture has to be there, in the middle of all. */
const MOST_MS = 100;
/** The middle one of 10,000 SKUs against that of 12: it may not depend on how many there are. */
const MOST_GROWTH = 1.5;
const PIXELS = 1600;

/**
 * How long after the key that decides the next picture is painted, on the whole screen at 1440 × 900, while the batch changes: with 12,
 * 500 and 10,000 SKUs, half of them to be judged. Exits 1 when a target is missed.
 */
export async function benchJudging(): Promise<void> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('this bench needs a browser');
  const [thumb, picture] = await Promise.all([noise(320), noise(PIXELS)]);
  const browser = await openBrowser(executablePath);
  const rows: Waits[] = [];
  try {
    for (const { skus, changes } of BATCHES) {
      const toJudge = { skus: Math.ceil(skus / 2), picture };
      const busy = await startBusyBatch({ skus, changes, thumb, toJudge });
      try {
        const decisions = Math.min(DECISIONS, toJudge.skus - 1);
        rows.push(summarise(skus, await judge(browser, busy.url, decisions)));
      } finally {
        await busy.close();
      }
    }
  } finally {
    await browser.close();
  }
  console.table(rows);
  report(verdicts(rows));
}

interface Waits {
  skus: number;
  decisions: number;
  /** Until the page knows the next SKU, and until its picture is painted: milliseconds, the middle one and the longest. */
  known: number;
  median: number;
  longest: number;
}

/** Waits for each decision, in milliseconds. */
async function judge(
  browser: Browser,
  url: string,
  decisions: number,
): Promise<{ known: number; painted: number }[]> {
  const page: Page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript({ content: MEASURE });
  await page.goto(`${url}/#/batches/busy?state=needsReview`);
  await page.getByRole('gridcell', { name: /^SKU-00000/ }).click();
  await page.getByRole('dialog').getByRole('img').first().waitFor();
  await page.waitForTimeout(2_000);
  for (let n = 0; n < decisions; n += 1) {
    await page.keyboard.press(n % 4 === 3 ? 'r' : 'a');
    await page.waitForTimeout(LOOKED_AT_MS);
  }
  await page.waitForTimeout(500);
  const waits = await page.evaluate<{ known: number; painted: number }[]>('waits');
  if (waits.length !== decisions) throw new Error(`${waits.length} of ${decisions} keys led to a picture`);
  await page.close();
  return waits;
}

/** Runs in the page, before its own scripts: notes for each key when the next SKU is known and when its picture is painted. */
const MEASURE = `
  globalThis.waits = [];
  const code = () => document.querySelector('dialog.modal-screen h1')?.textContent;
  addEventListener('keydown', ({ timeStamp }) => {
    const before = code();
    let known = 0;
    const look = () => {
      if (performance.now() - timeStamp > 3000) return;
      const isNext = code() !== before;
      if (isNext) known ||= performance.now() - timeStamp;
      const picture = document.querySelector('dialog.modal-screen .pane img');
      if (!isNext || !picture?.complete || picture.naturalWidth === 0) return void requestAnimationFrame(look);
      // What is posted in a frame arrives when that frame has been handed over.
      const channel = new MessageChannel();
      channel.port1.onmessage = () => waits.push({ known, painted: performance.now() - timeStamp });
      channel.port2.postMessage(null);
    };
    if (before) requestAnimationFrame(look);
  }, true);
`;

/** As hard to decode as a photo. */
function noise(side: number): Promise<Buffer> {
  const small = { width: 200, height: 200, channels: 3 as const, background: '#b5532a' };
  return sharp({ create: { ...small, noise: { type: 'gaussian', mean: 160, sigma: 40 } } })
    .resize(side, side)
    .webp()
    .toBuffer();
}

function summarise(skus: number, waits: { known: number; painted: number }[]): Waits {
  const sorted = waits.map(({ painted }) => painted).sort((a, b) => a - b);
  const known = waits.map((one) => one.known).sort((a, b) => a - b);
  return {
    skus,
    decisions: waits.length,
    known: Math.round(middle(known)),
    median: Math.round(middle(sorted)),
    longest: Math.round(sorted.at(-1) ?? 0),
  };
}

function middle(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function verdicts(rows: readonly Waits[]): Verdict[] {
  const growth = (rows.at(-1)?.median ?? 0) / Math.max(1, rows[0]?.median ?? 1);
  return [
    ...rows.map(({ skus, median }) => ({
      target: `${skus} SKUs: the next picture within ${MOST_MS} ms`,
      measured: `${median} ms`,
      met: median < MOST_MS,
    })),
    {
      target: `10,000 SKUs against 12: at most ${MOST_GROWTH} ×`,
      measured: `${growth.toFixed(2)} ×`,
      met: growth <= MOST_GROWTH,
    },
  ];
}

function report(all: Verdict[]): void {
  console.table(all);
  if (all.some(({ met }) => !met)) process.exitCode = 1;
}
