import { expect, test } from '@jest/globals';
import { pathsInZip } from './paths-in-zip.ts';

const paths = (...folders: string[]) => {
  const pathOf = pathsInZip();
  return folders.map((sku) =>
    pathOf({ key: `image-studio/${sku}/a_main.webp`, slot: 'main', format: 'webp' }),
  );
};

test('no folder has a name that Windows keeps for itself, with or without an extension', () => {
  const reserved = ['con', 'NUL', 'aux.txt', 'Com1.a.b', 'LPT0', 'com¹', 'con.'];
  expect(paths(...reserved)).toEqual([
    'con_/main.webp',
    'NUL_/main.webp',
    'aux_.txt/main.webp',
    'Com1_.a.b/main.webp',
    'LPT0_/main.webp',
    'com¹_/main.webp',
    'con__/main.webp',
  ]);
  expect(paths('console', 'com10', 'nul-1')).toEqual([
    'console/main.webp',
    'com10/main.webp',
    'nul-1/main.webp',
  ]);
});

test('a file of an older record is kept from such names, too', () => {
  const pathOf = pathsInZip();
  expect(pathOf({ key: 'image-studio/A/nul.jpg', format: 'jpg' })).toBe('A/nul_.jpg');
});

test('no two pictures share a path where case makes no difference, and none has that of the manifest', () => {
  expect(paths('A', 'a', 'A')).toEqual(['A/main.webp', 'a~2/main.webp', 'A/main~2.webp']);
  expect(paths('manifest.csv', 'Errors.txt')).toEqual(['manifest.csv~2/main.webp', 'Errors.txt~2/main.webp']);
});
