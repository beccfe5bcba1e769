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

const KEYS = { admin: 'key-of-the-admin-0001', viewer: 'key-of-the-viewer-001' };

let supplier: Supplier;
let studio: Deployment;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let batch: string;

beforeAll(async () => {
  if (chromium === null) return;
  supplier = await startSupplier();
  const photo = await productPhoto({ seed: 1, colour: distinctColour(1), width: 400, height: 400 });
  const env = { API_KEYS: `admin@${KEYS.admin},viewer@${KEYS.viewer}` };
  studio = await deploy({ workers: 1, env, key: KEYS.admin });
  const skus = ['MUG-1', 'MUG-2'].map((sku) => ({
    sku,
    images: [{ url: supplier.serve(`/${sku}.jpg`, photo) }],
  }));
  const order = {
    name: 'Mugs',
    skus,
    sharedPhotos: 'allow',
    output: { width: 400, height: 400, format: 'jpeg' },
  };
  const answer = await studio.post('/api/v1/batches', order);
  expect(answer.status).toBe(202);
  batch = ((await answer.json()) as { id: string }).id;
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

async function signIn(to: Page, key: string): Promise<void> {
  await to.getByLabel('API key').fill(key);
  await to.getByRole('button', { name: 'Continue' }).click();
}

inBrowser('somebody who works here', () => {
  test('is asked for the key once in a browser, and told when it is wrong', async () => {
    await page.goto(studio.url);
    await signIn(page, 'key-of-nobody-at-all');
    await page.getByRole('alert').getByText('The server refused this key.').waitFor();
    await signIn(page, KEYS.admin);
    await page.getByRole('link', { name: 'Mugs' }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Mugs' }).waitFor();
    const other = await page.context().newPage();
    await other.goto(`${studio.url}/#/batches/${batch}`);
    await other.getByRole('heading', { name: 'Mugs' }).waitFor();
    await other.close();
    // Browsers call every refusal an error.
    expect(watched.faults().filter((fault) => !fault.includes('401'))).toEqual([]);
  });

  test('opens Bull Board without a second password', async () => {
    await page.goto(`${studio.url}/#/fleet`);
    const opened = page.context().waitForEvent('page');
    await page.getByRole('link', { name: 'Open Bull Board' }).click();
    const board = await opened;
    await board.waitForURL(`${studio.url}/admin/queues**`);
    await board.getByText('sku', { exact: true }).first().waitFor();
    await board.close();
  });

  test('finds the form as it was left: by another page, another language, a reload', async () => {
    const typed = 'MUG-3 https://photos.example/mug-3.jpg';
    await page.goto(`${studio.url}/#/new`);
    await page.locator('#skus').fill(typed);
    await page.getByRole('textbox', { name: 'Name (optional)' }).fill('For Friday');
    const isKept = async (name: string) => {
      expect(await page.locator('#skus').inputValue()).toBe(typed);
      expect(await page.getByRole('textbox', { name }).inputValue()).toBe('For Friday');
    };
    await page.getByRole('link', { name: 'Fleet' }).click();
    await page.getByRole('link', { name: 'Open Bull Board' }).waitFor();
    await page.goBack();
    await isKept('Name (optional)');
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('button', { name: '清空表单' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: '清空表单' }).waitFor();
    await isKept('名称（可选）');
    await page.getByRole('button', { name: '清空表单' }).click();
    expect(await page.locator('#skus').inputValue()).toBe('');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('button', { name: '中文' }).waitFor();
  });

  test('is asked for the key again after signing out, in every tab that is opened', async () => {
    await page.goto(`${studio.url}/#/`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    const other = await page.context().newPage();
    await other.goto(`${studio.url}/#/batches/${batch}`);
    await other.getByLabel('API key').waitFor();
    await other.close();
  });

  test('who may only look is offered nothing that changes anything, and a key that decides says so', async () => {
    await page.goto(`${studio.url}/#/batches/${batch}`);
    await signIn(page, KEYS.viewer);
    await page.getByRole('heading', { name: 'Mugs' }).waitFor();
    await page.locator('.sku-card').first().waitFor();
    const buttons = await page.getByRole('button').allInnerTexts();
    expect(
      buttons.filter((text) => /^(pause|cancel batch|retry|approve|reject|regenerate)/i.test(text)),
    ).toEqual([]);
    expect(await page.getByRole('link', { name: 'New batch' }).count()).toBe(0);
    await page.keyboard.press('a');
    await page.getByText('You may look, not change anything.').first().waitFor();
    const sku = await studio.get(`/api/v1/batches/${batch}/skus/MUG-1`);
    expect(((await sku.json()) as { decisions?: unknown[] }).decisions ?? []).toEqual([]);
  });
});
