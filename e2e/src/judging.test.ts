import type { SkuView } from '@image-studio/contract';
import { eventually } from '@image-studio/testkit';
import { findChromium } from '@image-studio/testkit/find-chromium';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from './browser/open-browser.ts';
import { openWatchedPage, type WatchedPage } from './browser/watched-page.ts';
import { openWorld, type World } from './world.ts';

/** All of them need review: the model paints the product in another colour. */
const SKUS = 44;

const chromium = findChromium();
const inBrowser = chromium === null ? describe.skip : describe;

let world: World;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let id: string;

beforeAll(async () => {
  if (chromium === null) return;
  world = await openWorld({
    workers: 1,
    store: 'file',
    gemini: { latencyMs: 50, side: 512, recolour: true },
  });
  id = (await world.submit(await world.skus(SKUS), { name: 'To be judged' })).id;
  browser = await openBrowser(chromium);
  watched = await openWatchedPage(browser);
  page = watched.page;
  page.setDefaultTimeout(15_000);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

/** The SKU of the card that has the focus; `null` when none has. */
const ring = () => page.evaluate<string | null>(`document.activeElement?.getAttribute('data-sku') ?? null`);
const ringed = async (): Promise<string> => {
  const sku = await eventually(async () => {
    const one = await ring();
    if (one === null) throw new Error('no card has the focus');
    return one;
  });
  return sku;
};
/** Resolves once the picture that a key would be about is on the screen. */
const looked = () => page.evaluate(LOOK);
const decisionOf = async (sku: string): Promise<string | undefined> =>
  (await world.sku(id, sku)).images[0]?.review?.decision;
const open = async (query: string): Promise<void> => {
  await page.goto('about:blank');
  await page.goto(`${world.studio.url}/#/batches/${id}?${query}`);
  await page.locator('[role=gridcell][data-sku]').first().waitFor();
};
const numbered = (n: number) => async () => {
  const { counts } = await world.batch(id);
  expect(counts.needsReview).toBeGreaterThanOrEqual(n);
};

inBrowser('judging by keyboard', () => {
  test('every key is about the card that has the ring, under a filter that shrinks, while rows come in', async () => {
    await eventually(numbered(6), { timeoutMs: 120_000, intervalMs: 100 });
    await open('state=needsReview');
    await page.locator('[role=gridcell][data-sku]').first().focus();
    let pressed = 0;
    /** Presses a key at a card that nobody has decided about; returns whose card that was. */
    const press = async (key: string, told: string): Promise<string> => {
      const sku = await eventually(unjudgedRing, { timeoutMs: 60_000, intervalMs: 50 });
      await page.keyboard.press(key);
      await page.getByText(`${told} ${sku}`).first().waitFor();
      pressed += 1;
      return sku;
    };
    const takeBack = async (sku: string): Promise<void> => {
      await page.keyboard.press('z');
      await page.getByText(`Taken back: ${sku}`).first().waitFor();
      pressed += 1;
    };
    while (pressed < 24) {
      for (const [key, word, wanted] of [APPROVES, REJECTS]) decided.set(await press(key, word), wanted);
      const spared = await press('r', 'Rejected');
      await eventually(async () => expect([spared, await decisionOf(spared)]).toEqual([spared, 'rejected']));
      await takeBack(spared);
      // It comes back before the ring, so cards are drawn anew behind the dialog.
      const asked = await press('g', 'Make a new picture of');
      await page.getByRole('dialog').getByRole('button', { name: 'Regenerate' }).click();
      await takeBack(asked);
    }
    await eventually(() => expectOnly(decided));
    expect(watched.faults()).toEqual([]);
  });

  test('the card with the ring has the focus after a dialog behind which it was drawn anew', async () => {
    await eventually(numbered(8), { timeoutMs: 120_000, intervalMs: 100 });
    await open('state=needsReview');
    const [first] = await leftToJudge();
    if (first === undefined) throw new Error('nothing is left to judge');
    await page.locator('[aria-rowindex="2"] [aria-colindex="1"][data-sku]').focus();
    const sku = await ringed();
    await page.keyboard.press('g');
    const dialog = page.getByRole('dialog', { name: `Make a new picture of ${sku}` });
    await dialog.waitFor();
    await world.studio.post(`/api/v1/batches/${id}/skus/${first}/review`, { decision: 'approve' });
    decided.set(first, 'approved');
    await page.locator(`[aria-rowindex="1"] [data-sku="${sku}"]`).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await eventually(async () => expect(await ring()).toBe(sku));
  });

  test('goes through the filter on the whole screen, from a shared link on, and skips nothing', async () => {
    await world.ended(id, 300_000);
    const codes = await leftToJudge();
    await open(`state=needsReview&sku=${codes[3]}`);
    for (const code of codes.slice(3, 6)) {
      await page.getByRole('dialog', { name: `Details of ${code}` }).waitFor();
      await page.keyboard.press('ArrowRight');
    }
    await page.getByRole('dialog', { name: `Details of ${codes[6]}` }).waitFor();
    await page.keyboard.press('v');
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('dialog', { name: `Details of ${codes[5]}` }).waitFor();
    await page.keyboard.press('ArrowRight');
    for (const code of codes.slice(6, 10)) {
      const screen = page.getByRole('dialog', { name: `Details of ${code}` });
      // Whoever has dragged the slider goes on with the keys.
      const slider = screen.getByRole('slider');
      await slider.focus();
      const before = Number(await slider.inputValue());
      await page.keyboard.press('ArrowLeft');
      expect(await slider.inputValue()).toBe(String(before - 1));
      await looked();
      await page.keyboard.press('a');
      await eventually(async () => expect([code, await decisionOf(code)]).toEqual([code, 'approved']));
      decided.set(code, 'approved');
    }
    await page.getByRole('dialog', { name: `Details of ${codes[10]}` }).waitFor();
    // The ring goes along, also from the card that has opened the screen.
    for (const code of codes.slice(10, 12)) {
      await page.getByRole('dialog', { name: `Details of ${code}` }).waitFor();
      await page.keyboard.press('Escape');
      await eventually(async () => expect(await ring()).toBe(code));
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: `Details of ${code}` }).waitFor();
      await page.keyboard.press('ArrowRight');
    }
    await expectOnly(decided);
    expect(watched.faults()).toEqual([]);
  });
});

inBrowser('under every filter', () => {
  test('fifty keys are about what has the ring: A, R, Z and G, each toast names it, and REST agrees', async () => {
    await world.ended(id, 300_000);
    const { skus } = await world.listing(id);
    const failing = skus.flatMap(({ images }) =>
      images.flatMap(({ checks }) => checks.filter((one) => !one.pass)),
    );
    let pressed = 0;
    for (const query of ['state=needsReview', `rule=${failing[0]?.rule}`, 'q=S', '']) {
      await open(query);
      await page.locator('[role=gridcell][data-sku]').first().focus();
      for (let n = 0; n < 3; n += 1) {
        const undone: [sku: string, decision: string | undefined][] = [];
        for (const [key, word, wanted] of [APPROVES, REJECTS]) {
          const sku = await ringed();
          await looked();
          undone.push([sku, await decisionOf(sku)]);
          await page.keyboard.press(key);
          await page.getByText(`${word} ${sku}`).first().waitFor();
          await eventually(async () => expect([sku, await decisionOf(sku)]).toEqual([sku, wanted]));
        }
        expect(new Set(undone.map(([sku]) => sku)).size).toBe(2);
        for (const [sku, before] of undone.reverse()) {
          await page.keyboard.press('z');
          await eventually(async () => expect([sku, await decisionOf(sku)]).toEqual([sku, before]));
        }
        pressed += 4;
      }
      const sku = await ringed();
      await page.keyboard.press('g');
      const dialog = page.getByRole('dialog', { name: `Make a new picture of ${sku}` });
      await dialog.getByLabel('What should be different?').fill('Show it from the front.');
      // Words are not thrown away by one key.
      await page.keyboard.press('Escape');
      await dialog.getByRole('button', { name: 'Keep editing' }).click();
      await dialog.getByRole('button', { name: 'Regenerate' }).click();
      await page.getByText(`Regenerating ${sku}`).waitFor();
      await page.keyboard.press('z');
      await page.getByText(`Taken back: ${sku}`).first().waitFor();
      pressed += 2;
    }
    expect(pressed).toBeGreaterThanOrEqual(50);
    await expectOnly(decided);
    expect(watched.faults()).toEqual([]);
  });

  test('what was approved and then rejected is approved again after Z', async () => {
    await open('');
    const card = page.locator('[role=gridcell][data-sku]').last();
    const sku = (await card.getAttribute('data-sku')) ?? '';
    const before = await decisionOf(sku);
    for (const [key, , wanted] of [APPROVES, REJECTS]) {
      await page.locator(`[data-sku="${sku}"]`).focus();
      await looked();
      await page.keyboard.press(key);
      await eventually(async () => expect(await decisionOf(sku)).toBe(wanted));
    }
    await page.keyboard.press('z');
    await eventually(async () => expect(await decisionOf(sku)).toBe('approved'));
    await page.keyboard.press('z');
    await eventually(async () => expect(await decisionOf(sku)).toBe(before));
  });
});

inBrowser('one picture', () => {
  const screenOf = (sku: string) => page.getByRole('dialog', { name: `Details of ${sku}` });
  const first = async () => {
    const { skus } = await world.listing(id);
    const found = skus.findLast(({ sku }) => !decided.has(sku));
    if (!found) throw new Error('all are decided about');
    return found;
  };

  test('is seen at 100 %, one pixel of it on one of the screen, in each view and window', async () => {
    await world.ended(id);
    const { sku } = await first();
    const before = page.viewportSize();
    // Smaller than the picture side by side.
    await page.setViewportSize({ width: 800, height: 700 });
    await open(`sku=${encodeURIComponent(sku)}`);
    await looked();
    const button = screenOf(sku).getByRole('button', { name: '100 %' });
    const expectFullScale = () =>
      eventually(async () => expect(await page.evaluate<number>(SCALE)).toBeCloseTo(1, 2));
    const sliders = () => screenOf(sku).getByRole('slider').count();
    const changeView = async () => {
      const shown = await sliders();
      await page.keyboard.press('v');
      await eventually(async () => expect(await sliders()).toBe(1 - shown));
    };
    await page.keyboard.press('l');
    await expectFullScale();
    await changeView();
    await expectFullScale();
    // Larger than the picture.
    await page.setViewportSize({ width: 2560, height: 1900 });
    await expectFullScale();
    await page.keyboard.press('l');
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    expect(await page.evaluate<number>(SCALE)).toBeGreaterThan(1.1);
    await page.keyboard.press('l');
    await expectFullScale();
    await changeView();
    await expectFullScale();
    if (before) await page.setViewportSize(before);
    await expectFullScale();
    expect(await button.getAttribute('aria-pressed')).toBe('true');
  });

  test('is moved by hand, compared with what it was, and brought back, for nothing', async () => {
    const { sku, images } = await first();
    const { calls } = await world.batch(id);
    await open(`sku=${encodeURIComponent(sku)}`);
    // Its size is read after it is shown; before, it cannot be moved.
    await screenOf(sku)
      .getByRole('button', { name: /^Move by hand/, disabled: false })
      .waitFor();
    await page.keyboard.press('m');
    await screenOf(sku).getByRole('application').focus();
    await page.keyboard.press('Shift+ArrowRight');
    await screenOf(sku).getByRole('button', { name: 'Use this' }).click();
    await eventually(async () => {
      const [image] = (await world.sku(id, sku)).images;
      expect(image).toMatchObject({ adjustment: { scale: 1, x: 0.025, y: 0 } });
    });
    expect(await watched.barriers()).toEqual([]);
    await screenOf(sku).getByRole('button', { name: 'Bring back' }).first().click();
    await eventually(async () => {
      const now = await world.sku(id, sku);
      expect(now.images[0]?.version).toBe(images[0]?.version);
      expect(now.decisions?.map(({ decision }) => decision)).toEqual(
        expect.arrayContaining(['adjust', 'restore']),
      );
    });
    expect((await world.batch(id)).calls).toEqual(calls);
    expect(watched.faults()).toEqual([]);
  });

  test('is rejected with a reason; with the letters off, they do nothing', async () => {
    const { sku } = await first();
    await open(`sku=${encodeURIComponent(sku)}`);
    await screenOf(sku).getByRole('heading', { name: 'Main image' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('checkbox', { name: /Single-letter keys/ }).uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('r');
    await page.keyboard.press('z');
    expect(await decisionOf(sku)).toBeUndefined();
    await screenOf(sku).getByRole('button', { name: 'Reject because' }).click();
    await page.getByLabel('Why is it rejected?').fill('Wrong colour');
    // Words are not thrown away by keys that close.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Keep editing' }).click();
    await page.getByLabel('Why is it rejected?').press('Enter');
    await eventually(async () => {
      const { images, failure } = await world.sku(id, sku);
      expect(images[0]?.review).toMatchObject({ decision: 'rejected', reason: 'Wrong colour' });
      expect(failure?.message).toContain('Wrong colour');
    });
    await page.evaluate(`localStorage.removeItem('image-studio.letter-keys')`);
    expect(watched.faults()).toEqual([]);
  });
});

inBrowser('what nobody has looked at', () => {
  test('is not decided about: by a key that is held, or pressed before the picture is there', async () => {
    const [first, second, third] = await leftToJudge();
    if (first === undefined || second === undefined || third === undefined) throw new Error('all are judged');
    let arrive: () => void = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    await page.route(
      (url) => url.pathname.includes(`/${second}/`),
      (route) => arrived.then(() => route.continue()),
    );
    await open(`state=needsReview&sku=${first}`);
    const screenOf = (sku: string) => page.getByRole('dialog', { name: `Details of ${sku}` });
    await screenOf(first).waitFor();
    await looked();
    for (let n = 0; n < 3; n += 1) await page.keyboard.down('a');
    await page.keyboard.up('a');
    await screenOf(second).waitFor();
    await page.keyboard.press('a');
    await page.getByText(`${second} was not on the screen yet`).waitFor();
    arrive();
    await looked();
    expect([await decisionOf(first), await decisionOf(second)]).toEqual(['approved', undefined]);
    await page.keyboard.press('r');
    await screenOf(third).waitFor();
    await eventually(async () => expect(await decisionOf(second)).toBe('rejected'));
    expect(await decisionOf(third)).toBeUndefined();
    await page.unrouteAll();
  });
});

/** Runs in the page: resolves when the picture in view, or that of the card with the ring, has been painted. */
const LOOK = `(async () => {
  const picture = () => {
    const screen = document.querySelector('dialog.modal-screen[open]');
    return screen ? screen.querySelector('.pane img') : [...document.querySelectorAll('.sku-card-ring img')].at(-1);
  };
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (let n = 0; n < 600 && !picture()?.complete; n += 1) await frame();
  for (let n = 0; n < 3; n += 1) await frame();
})()`;

/** Runs in the page: pixels of the screen that one of the picture in view takes. */
const SCALE = `(() => {
  const image = document.querySelector('.pane img');
  const box = image.getBoundingClientRect();
  return Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight) * devicePixelRatio;
})()`;

const REJECTS = ['r', 'Rejected', 'rejected'] as const;
const APPROVES = ['a', 'Approved', 'approved'] as const;
/** What was decided so far. */
const decided = new Map<string, string>();

/** The SKU with the ring, once that is one that nobody has decided about. */
async function unjudgedRing(): Promise<string> {
  const sku = await ringed();
  if (!decided.has(sku)) {
    await looked();
    return sku;
  }
  await page.keyboard.press('ArrowRight');
  throw new Error(`${sku} is the last of the list`);
}

async function leftToJudge(): Promise<string[]> {
  const answer = await world.studio.get(`/api/v1/batches/${id}/codes?state=needsReview`);
  return ((await answer.json()) as { skus: string[] }).skus;
}

/** REST knows these decisions and no other. */
async function expectOnly(decisions: Map<string, string>): Promise<void> {
  const { skus } = await world.listing(id);
  const found = skus.flatMap(({ sku, images }: SkuView) =>
    images.flatMap(({ review }) => (review ? [[sku, review.decision]] : [])),
  );
  expect(found.sort()).toEqual([...decisions].sort());
}
