import { type Deployment, deploy } from '@image-studio/testkit/deployment';
import { findChromium } from '@image-studio/testkit/find-chromium';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser/open-browser.ts';
import { openWatchedPage } from './browser/watched-page.ts';

const chromium = findChromium();
const inBrowser = chromium === null ? describe.skip : describe;

inBrowser('the content security policy', () => {
  let studio: Deployment;
  let browser: Browser;

  beforeAll(async () => {
    studio = await deploy({ workers: 0, env: { IMAGE_MODEL: 'local' } });
    browser = await openBrowser(chromium ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.close();
  });

  test.each([
    ['the dashboard', '/', 'Image Studio'],
    ['the API documentation', '/docs', 'submitBatch|Submit a batch'],
    ['Bull Board', '/admin/queues', 'webhook'],
  ])('lets %s work without a complaint', async (_name, path, text) => {
    const { page, faults, close } = await openWatchedPage(browser);
    await page.goto(`${studio.url}${path}`);
    await page.getByText(new RegExp(text, 'i')).first().waitFor();
    expect(faults()).toEqual([]);
    expect(await page.evaluate('document.styleSheets.length')).toBeGreaterThan(0);
    await close();
  });

  test('keeps what somebody smuggles in from running or painting', async () => {
    const { page, faults, close } = await openWatchedPage(browser);
    await page.goto(`${studio.url}/docs`);
    await page.evaluate(`
      document.body.insertAdjacentHTML('beforeend',
        '<style>body{opacity:0}</style><img src="x" onerror="globalThis.ran = true">');
      const script = document.createElement('script');
      script.textContent = 'globalThis.ran = true';
      document.body.append(script);
    `);
    expect(await page.evaluate('globalThis.ran')).toBeUndefined();
    expect(await page.evaluate('getComputedStyle(document.body).opacity')).toBe('1');
    expect(faults().join('\n')).toContain('Content Security Policy');
    await close();
  });
});
