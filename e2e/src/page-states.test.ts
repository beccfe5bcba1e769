import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@image-studio/testkit';
import { findChromium } from '@image-studio/testkit/find-chromium';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from './browser/open-browser.ts';
import { openWatchedPage, type WatchedPage } from './browser/watched-page.ts';
import { openWorld, type World } from './world.ts';

const chromium = findChromium();
const inBrowser = chromium === null ? describe.skip : describe;

let world: World;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let receiver: Server;
/** Answers of the webhook's receiver, one a request; the last one stays. */
const answers = [500, 200];
let received = 0;
let id: string;
/** Batches that wait: for a choice between two models, and for the provider. */
let compared: string;
let parked: string;

beforeAll(async () => {
  if (chromium === null) return;
  receiver = createServer((_, response) => {
    response.writeHead(answers[Math.min(received++, answers.length - 1)] ?? 200).end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const env = { STUDIO_MODELS: JSON.stringify({ second: { provider: 'local', model: 'local-packshot' } }) };
  // What lies at the provider stays there.
  const gemini = { latencyMs: 50, side: 512, batch: { hours: 3600 } };
  world = await openWorld({ workers: 1, store: 'file', gemini, env });
  const webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const gone = { sku: 'GONE', images: [{ url: `${world.supplier.origin}/gone.jpg` }] };
  id = (await world.submit([...(await world.skus(3)), gone], { name: 'Four of a kind', webhookUrl })).id;
  await world.ended(id);
  const compare = { name: 'Compared', sample: 2, compare: ['default', 'second'] };
  compared = (await world.submit(await world.skus(4, 20), compare)).id;
  parked = (await world.submit(await world.skus(2, 30), { name: 'Parked', lane: 'economy' })).id;
  await eventually(async () => expect((await world.batch(compared)).pausedFor).toBe('sample'), {
    timeoutMs: 60_000,
  });
  browser = await openBrowser(chromium);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await world?.close();
  receiver?.close();
});

const go = async (hash: string): Promise<void> => {
  await page.goto('about:blank');
  await page.goto(`${world.studio.url}/${hash}`);
};
/** By its words in English or in Chinese. */
const button = (words: string) => page.getByRole('button', { name: new RegExp(`^(${words})`) }).first();
const menu = async (words: string): Promise<void> => {
  await page.locator('.batch-menu summary').click();
  await button(words).click();
};
const firstCard = () => page.locator('[role=gridcell][data-sku]').first();
const seen = (selector: string) => page.locator(selector).first().waitFor();

/** Each page, state and dialog: where it is, and how one comes to it. */
const STATES: [name: string, hash: () => string, reach: () => Promise<void>][] = [
  ['the list', () => '#/', () => seen('.batch-row')],
  ['a list that finds nothing', () => '#/?q=never', () => seen('.batches-none')],
  ['a new batch', () => '#/new', () => seen('#fallback2')],
  ['the fleet with its models', () => '#/fleet', () => seen('.models')],
  ['the audits', () => '#/audits', () => seen('.audit-profiles input')],
  ['the help', () => '#/help?about=check_fill', () => seen('#check_fill:focus')],
  ['a batch that is not there', () => '#/batches/none', () => seen('[role=alert]')],
  ['the menu', batch, () => page.locator('.batch-menu summary').click()],
  ['renaming', batch, () => menu('Rename|重命名')],
  ['deleting', batch, () => menu('Delete|删除')],
  ['trying again', batch, () => button('Retry 1|重试 1').click()],
  ['the budget', batch, () => button('Change budget|修改预算').click()],
  ['downloads', batch, () => button('Download|下载').click()],
  ['exports', batch, () => button('Export|导出').click()],
  ['the keys', batch, () => page.keyboard.press('?')],
  ['what the webhook was told', batch, () => page.locator('.webhook-panel summary').click()],
  ['a selection', batch, () => firstCard().press('Space')],
  ['a new picture', batch, () => firstCard().press('g')],
  ['a failed SKU', () => `${batch()}?sku=GONE`, () => page.locator('.replace-photo summary').click()],
  ['a SKU that is not there', () => `${batch()}?sku=NONE`, () => seen('[role=alert]')],
  ['a picture', () => `${batch()}?sku=S1`, () => seen('.pane img')],
  ['why a picture is rejected', () => `${batch()}?sku=S1`, () => page.keyboard.press('w')],
  ['a product moved by hand', () => `${batch()}?sku=S1`, () => page.keyboard.press('m')],
  ['a picture as shops show it', () => `${batch()}?sku=S1`, () => page.keyboard.press('p')],
  ['a sample, compared', () => `#/batches/${compared}`, () => seen('.compare-sides')],
  [
    'the models that are compared',
    () => `#/batches/${compared}`,
    () => button('Show the verdict|立即查看').click(),
  ],
  ['a change of the sample', () => `#/batches/${compared}`, () => button('Change…|更改…').click()],
  ['the economy lane', () => `#/batches/${parked}`, () => seen('.batch-notes p')],
];
/** A page of a library, in English: large, and the same on a phone. */
const DESK_STATES: typeof STATES = [...STATES, ['the API', () => 'docs/', () => seen('.opblock')]];
function batch(): string {
  return `#/batches/${id}`;
}

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;

inBrowser.each([
  { device: 'a desk', states: DESK_STATES, options: {} },
  { device: 'a phone in China', states: STATES, options: { ...PHONE, locale: 'zh-CN' } },
])('on $device', ({ states, options }) => {
  beforeAll(async () => {
    watched = await openWatchedPage(browser, options);
    page = watched.page;
    page.setDefaultTimeout(15_000);
  });
  afterAll(() => watched.close());

  test.each(states)('%s has no barrier', async (_, hash, reach) => {
    await go(hash());
    if (hash().startsWith('#/batches/b')) await seen('[role=gridcell][data-sku], dialog .screen');
    await reach();
    // Scrolled half beneath what stays in view, a button is a small target: for as long as nobody scrolls.
    await page.evaluate('scrollTo(0, 0)');
    expect(await watched.barriersByDayAndNight()).toEqual([]);
  });
});

inBrowser('once in a while', () => {
  beforeAll(async () => {
    watched = await openWatchedPage(browser);
    page = watched.page;
    page.setDefaultTimeout(15_000);
  });
  afterAll(() => watched.close());

  test('somebody looks what the webhook was told, and has it sent again', async () => {
    await go(batch());
    await page.locator('.webhook-panel summary').click();
    const before = received;
    await page.locator('.webhook-panel').getByText('batch.finished').first().waitFor();
    await button('Send again').click();
    await eventually(async () => expect(received).toBeGreaterThan(before), { timeoutMs: 30_000 });
  });

  test('somebody sets the quota, and takes that back', async () => {
    const quota = async () =>
      ((await (await world.studio.get('/api/v1/quota')).json()) as { callsPerMinute: number }).callsPerMinute;
    await go('#/fleet');
    for (const [typed, is] of [
      ['120', 120],
      ['', 3000],
    ] as const) {
      await button('Set the quota').click();
      await page.getByLabel('AI calls a minute').fill(typed);
      await button('Save').click();
      await eventually(async () => expect(await quota()).toBe(is));
    }
  });

  test('somebody is told, behind another window, that a batch has ended', async () => {
    await page.addInitScript({ content: TELLING });
    const skus = await world.skus(2, 10);
    const { id: other } = await world.submit(skus, { name: 'To be told', main: { extraPrompt: 'Again.' } });
    await go(`#/batches/${other}`);
    await page.getByRole('heading', { name: 'To be told' }).waitFor();
    await world.ended(other);
    await eventually(
      async () => expect(await page.evaluate('told')).toEqual([expect.stringContaining('To be told')]),
      { timeoutMs: 15_000 },
    );
  });

  test('somebody renames a batch, and deletes it', async () => {
    await go(batch());
    await menu('Rename');
    await page.getByRole('dialog').getByLabel('Name').fill('Another name');
    await button('Save').click();
    await page.getByRole('heading', { name: 'Another name' }).waitFor();
    await menu('Delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('link', { name: 'To be told' }).first().waitFor();
    expect((await world.studio.get(`/api/v1/batches/${id}`)).status).toBe(404);
  });
});

/** Runs in the page: somebody who has allowed to be told, and looks elsewhere. */
const TELLING = `
  globalThis.told = [];
  globalThis.Notification = class { static permission = 'granted'; constructor(title) { told.push(title); } };
  Object.defineProperty(document, 'hidden', { get: () => true });
`;
