import type { ImageView } from '@image-studio/contract';
import { expect, test } from '@jest/globals';
import { sourcePicture } from './source-picture.ts';

const self = 'http://127.0.0.1:3000/api/v1/batches/b1';
const origin = 'http://localhost:3000';

function image(change: Partial<ImageView>): ImageView {
  return {
    role: 'main',
    kind: 'main',
    slot: 'main',
    review: null,
    callKey: 'call-1',
    version: '1',
    sourceUrl: 'https://supplier.example/a.jpg',
    url: 'http://127.0.0.1:3000/files/a.webp',
    ai: true,
    width: 1600,
    height: 1600,
    bytes: 1,
    format: 'webp',
    checks: [],
    reused: false,
    costUsd: 0,
    model: 'local',
    prompt: '',
    ...change,
  };
}

test('shows our own copy of the photo', () => {
  const sourcePreviewUrl = 'http://127.0.0.1:3000/files/inputs/abc?sig=1';
  expect(sourcePicture(image({ sourcePreviewUrl }), self, origin)).toBe('/files/inputs/abc?sig=1');
});

test('loads nothing from a supplier', () => {
  expect(sourcePicture(image({}), self, origin)).toBeNull();
  expect(sourcePicture(image({ sourceUrl: 'http://[' }), self, origin)).toBeNull();
});

test('shows a photo that lies on this very server', () => {
  const sourceUrl = 'http://127.0.0.1:3000/photos/a.jpg';
  expect(sourcePicture(image({ sourceUrl }), self, origin)).toBe('/photos/a.jpg');
});
