import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '@image-studio/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serverChinese } from './chinese.ts';
import { learnServerWords, serverPlace, serverWords } from './server-words.ts';

const ROOT = join(import.meta.dirname, '../../../..');

/** All sentences that the server's code says, with `{0}` … for their values. */
function sentencesInCode(): string[] {
  const files = ['apps/api', 'apps/worker', 'packages'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /(^|\/)src\/.*\.ts$/.test(path) && !/node_modules|\.test\.ts$|\/say\.ts$/.test(path))
      .map((path) => join(folder, path)),
  );
  return files.flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\bsay`((?:\$\{[^`]*?\}|[^`$])*)`/g)].map(
      ([, words = '']) => {
        let place = 0;
        return words.replace(/\$\{[^{}`]*\}/g, () => `{${place++}}`);
      },
    ),
  );
}
/** What schemas say of values that zod itself finds no fault with: they stand beside the rule. */
function sentencesOfSchemas(): string[] {
  const files = ['apps/api/src', 'packages/contract/src'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.ts$/.test(path) && !/\.test\.ts$/.test(path))
      .map((path) => readFileSync(join(ROOT, folder, path), 'utf8')),
  );
  const beside = /(?:\.refine\([^;]*?|\.regex\([^;]*?|\bfault\('\w+')(?:, |error: )'([^']+)'/g;
  const named = /\berror: '((?:must|needs|is|goes) [^']+)'/g;
  return files.flatMap((text) =>
    [beside, named].flatMap((one) => [...text.matchAll(one)].map(([, said = '']) => said)),
  );
}
const placesOf = (text: string): string[] => [...new Set(text.match(/\{\d+\}/g))].sort();

test('has each sentence of the server in Chinese', () => {
  const sentences = sentencesInCode();
  expect(sentences.length).toBeGreaterThan(150);
  expect(sentences.filter((sentence) => serverChinese[sentence] === undefined)).toEqual([]);
});

test('has what schemas say of what they refuse in Chinese', () => {
  const sentences = sentencesOfSchemas();
  expect(sentences).toEqual(
    expect.arrayContaining(['must be a plain model name', 'goes with adjust', 'must change something']),
  );
  expect(sentences.filter((sentence) => serverChinese[sentence] === undefined)).toEqual([]);
});

test('has no message in the code that is not a sentence', () => {
  const plain = ['apps/api/src', 'packages/planning/src', 'packages/tables/src'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.ts$/.test(path) && !/\.test\.ts$/.test(path))
      .flatMap((path) =>
        [
          ...readFileSync(join(ROOT, folder, path), 'utf8').matchAll(/\bpath\b[^{}\n]*,\s*message: ['`].*/g),
        ].map(([words]) => `${path}: ${words}`),
      ),
  );
  expect(plain).toEqual([]);
});

test('has each doubt about a cut-out in Chinese', () => {
  const folder = join(ROOT, 'packages/imaging/src/segment/doubt');
  const doubts = ['doubts.ts', 'doubt-edges.ts', 'second-opinion.ts'].flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/(?:return|\?|:) '([^']* [^']*)'/g)].map(
      ([, words = '']) => words,
    ),
  );
  expect(doubts).toHaveLength(7);
  expect(doubts.filter((doubt) => serverChinese[doubt] === undefined)).toEqual([]);
});

test('speaks of no value that the sentence does not have', () => {
  for (const [text, translation] of Object.entries(serverChinese))
    expect({ text, places: placesOf(text) }).toEqual({
      text,
      places: expect.arrayContaining(placesOf(translation)),
    });
});

describe('in Chinese', () => {
  beforeAll(() => learnServerWords(serverChinese));
  afterAll(() => learnServerWords(null));

  test('says a sentence with its values, and sentences within it', () => {
    const answer = say`${'shop.example'} answered ${404} (${'Not Found'})`;
    expect(serverWords(say`photo is not there: ${answer}`)).toBe(
      '照片不存在：shop.example 返回 404（Not Found）',
    );
    expect(serverWords(say`${'cdn.example'} did not ${'send more data'} within ${20} s`)).toBe(
      'cdn.example 在 20 秒内没有继续发送数据',
    );
  });

  test('knows the words of records that were written before sentences were', () => {
    expect(serverWords({ message: 'photo is 41 MB, limit is 30 MB' })).toBe('照片为 41 MB，上限为 30 MB');
    expect(serverWords({ message: 'photo is not there: shop.example answered 404 (Not Found)' })).toBe(
      '照片不存在：shop.example 返回 404（Not Found）',
    );
    expect(serverWords({ message: 'cropped by 4 % to 800×600' })).toBe('裁切 4 % 至 800×600');
    expect(serverWords({ message: 'another product, or another side of it (agreement -0.05)' })).toBe(
      '另一件商品，或商品的另一面（一致度 -0.05）',
    );
    expect(serverWords({ message: 'something else' })).toBe('something else');
  });

  test('names lines, and leaves paths of fields as they are', () => {
    expect(serverPlace('lines 3, 4, …')).toBe('第 3, 4, … 行');
    expect(serverPlace('skus[3].images[0].url')).toBe('skus[3].images[0].url');
  });
});

test('is the message itself in English', () => {
  expect(serverWords(say`has ${3} columns, the limit is ${2}`)).toBe('has 3 columns, the limit is 2');
});
