import type { Captions } from '@image-studio/planning';
import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { missingScript } from './drawable-text.ts';
import { panelArea, renderCaptions } from './render-captions.ts';
import { widthOf, wrapText } from './wrap-text.ts';

const long = 'Wasserdicht'.repeat(30);
const TEXTS: Record<string, Partial<Captions>> = {
  short: { title: 'Mug', points: ['Blue'] },
  usual: {
    title: 'Stoneware mug, 350 ml, hand-glazed',
    points: ['Dishwasher safe', 'Keeps tea warm for an hour', 'Material: stoneware', 'Size: 9 × 8 × 8 cm'],
  },
  endless: { title: long, points: [long, long, long, long] },
  wordy: {
    title: 'A rather long title of a product '.repeat(9),
    points: Array(4).fill('one word and another '.repeat(8)),
  },
  Chinese: {
    title: '北欧风陶瓷马克杯大容量办公室家用情侣款'.repeat(3),
    points: Array(4).fill('手工上釉，微波炉可用，容量三百五十毫升'.repeat(4)),
  },
  Arabic: { title: 'كوب سيراميك كبير', points: ['آمن في غسالة الصحون'] },
  hostile: {
    title: '</text><script>alert(1)</script>&amp;&#0; "\'<![CDATA[',
    points: [
      '<image href="file:///etc/passwd"/>',
      '\u0000\u0008\ud800\ufffe',
      '%s {{title}} \\',
      '👩🏽‍🔧'.repeat(40),
    ],
  },
};
const SIZES = [
  [800, 800],
  [375, 500],
  [600, 250],
] as const;
const captions = (change: Partial<Captions>): Captions => ({
  title: '',
  points: [],
  dimensions: '',
  ...change,
});

/** Box of all pixels that are dark, drawn over white. */
async function inkOf(svg: string) {
  const { data, info } = await sharp(Buffer.from(svg))
    .flatten({ background: '#fff' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const box = { left: info.width, top: info.height, right: -1, bottom: -1 };
  for (let pixel = 0; pixel < info.width * info.height; pixel++) {
    if (data[pixel * info.channels] > 150) continue;
    box.left = Math.min(box.left, pixel % info.width);
    box.right = Math.max(box.right, pixel % info.width);
    box.top = Math.min(box.top, Math.floor(pixel / info.width));
    box.bottom = Math.max(box.bottom, Math.floor(pixel / info.width));
  }
  return box;
}

describe('captions', () => {
  test('sets a title smaller rather than parting its words', () => {
    const title = 'Classic everyday product';
    const svg = renderCaptions(
      captions({ title, points: ['Durable', 'Light', 'Easy to clean'] }),
      1600,
      1600,
    );
    for (const word of ['Classic', 'everyday', 'product']) expect(svg).toContain(word);
  });

  test.each(Object.keys(TEXTS).flatMap((name) => SIZES.map(([w, h]) => [name, w, h] as const)))(
    'of %s text at %i × %i stay in their panel',
    async (name, width, height) => {
      const svg = renderCaptions(captions(TEXTS[name] ?? {}), width, height);
      const ink = await inkOf(svg);
      const area = panelArea(width, height);
      expect(ink.right).toBeGreaterThan(ink.left);
      expect(ink.left).toBeGreaterThanOrEqual(Math.floor(area.x));
      expect(ink.right).toBeLessThanOrEqual(Math.ceil(area.x + area.width));
      expect(ink.top).toBeGreaterThanOrEqual(Math.floor(area.y));
      expect(ink.bottom).toBeLessThanOrEqual(Math.ceil(area.y + area.height));
    },
  );

  test('that are too long for their panel are cut, and not set too small to read', () => {
    for (const name of ['endless', 'wordy', 'Chinese']) {
      const svg = renderCaptions(captions(TEXTS[name] ?? {}), 2000, 2000);
      const sizes = [...svg.matchAll(/font-size="([\d.]+)"/g)].map(([, size]) => Number(size));
      expect(svg).toContain('…');
      // Of a picture that a listing shows at 500 pixels these are 9.
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(0.0175 * 2000);
    }
  });

  test('hold hostile text as text', () => {
    const svg = renderCaptions(captions(TEXTS.hostile ?? {}), 800, 800);
    expect(svg).not.toMatch(/<script|<image|<!/);
    expect(svg).toContain('&#60;/text&#62;');
  });

  test('are dark on a light panel whatever is behind them', async () => {
    const black = await sharp({ create: { width: 800, height: 800, channels: 3, background: '#000' } })
      .composite([{ input: Buffer.from(renderCaptions(captions(TEXTS.usual ?? {}), 800, 800)) }])
      .raw()
      .toBuffer();
    const { x, y, width } = panelArea(800, 800);
    void y;
    const row = Array.from(
      { length: Math.floor(width) - 8 },
      (_, n) => black[(400 * 800 + Math.floor(x) + 4 + n) * 3] ?? 0,
    );
    expect(Math.max(...row)).toBeGreaterThan(225);
  });

  test('of a scale picture are the measures over a line, at its foot', async () => {
    for (const dimensions of ['40 × 12 cm', '40 × 12 × 7 cm (folded), '.repeat(12)]) {
      const ink = await inkOf(renderCaptions(captions({ dimensions }), 900, 700));
      expect(ink.top).toBeGreaterThan(500);
      expect(ink.bottom).toBeLessThan(690);
      expect(ink.left).toBeGreaterThan(20);
      expect(ink.right).toBeLessThan(880);
      expect(Math.abs(ink.left + ink.right - 900)).toBeLessThan(20);
    }
  });

  test.each([
    ['a wide product', { x: 150, y: 260, width: 600, height: 200 }],
    ['a tall product', { x: 350, y: 40, width: 200, height: 540 }],
    ['a product that fills the frame', { x: 10, y: 10, width: 880, height: 680 }],
  ])('of a scale picture span %s from end to end', async (_, product) => {
    const measures = captions({ dimensions: '40 × 12 cm' });
    const path = /<path d="([^"]+)"/.exec(renderCaptions(measures, 900, 700, product))?.[1] ?? '';
    const ink = await inkOf(
      `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="700"><path d="${path}" stroke="#000" stroke-width="2"/></svg>`,
    );
    const isTall = product.height > product.width;
    const [start, end] = isTall ? [ink.top, ink.bottom] : [ink.left, ink.right];
    const [from, length] = isTall ? [product.y, product.height] : [product.x, product.width];
    expect(Math.abs(start - from)).toBeLessThanOrEqual(2);
    expect(Math.abs(end - from - length)).toBeLessThanOrEqual(2);
    // The words stay at the foot, below the line.
    const all = await inkOf(renderCaptions(measures, 900, 700, product));
    expect(all.bottom).toBeGreaterThan(630);
    expect(all.bottom).toBeLessThan(690);
  });
});

describe('wrapText', () => {
  test('breaks at spaces, between Chinese characters, and inside words only when they are too long', () => {
    expect(wrapText('one two three', widthOf('one two') + 0.1, 9).lines).toEqual(['one two', 'three']);
    expect(wrapText('陶瓷马克杯', 2.2, 9).lines).toEqual(['陶瓷', '马克', '杯']);
    const { lines } = wrapText('a Donaudampfschifffahrt b', 5, 9);
    expect(lines.join('').replace(/ /g, '')).toBe('aDonaudampfschifffahrtb');
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(5);
  });

  test('ends what is too much in an ellipsis', () => {
    const { lines, isWhole } = wrapText('one two three four five six', 5, 2);
    expect(isWhole).toBe(false);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/…$/);
  });
});

describe('missingScript', () => {
  test('says which font is missing for a text, if one is', () => {
    expect(missingScript('Mug', { latin: true, cjk: false })).toBeNull();
    expect(missingScript('Mug', { latin: false, cjk: false })).toMatch(/no font is installed/);
    expect(missingScript('杯', { latin: true, cjk: false })).toMatch(/Chinese/);
    expect(missingScript('杯', { latin: true, cjk: true })).toBeNull();
  });
});
