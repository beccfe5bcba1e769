import type { SkuView } from '@image-studio/contract';
import { expect, test } from '@jest/globals';
import type { StudioClient } from '../api/studio-client.ts';
import { replaceSource } from './replace-source.ts';

const sku = {
  sku: 'a/b',
  state: 'failed',
  sources: [
    { url: 'https://x.example/1.jpg', name: '1.jpg', isMain: true },
    { url: 'https://x.example/2.jpg', name: '2.jpg', isMain: false },
  ],
} as unknown as SkuView;

function recorder() {
  const sent: unknown[][] = [];
  const note =
    (method: string) =>
    async (...args: unknown[]) => {
      sent.push([method, ...args]);
      return { url: 'photo:abc' };
    };
  const client = { patch: note('PATCH'), post: note('POST'), submit: note('submit') };
  return { sent, client: client as unknown as StudioClient };
}

test('a failed SKU gets the new address in the place of the old one, and is tried again', async () => {
  const { sent, client } = recorder();
  await replaceSource(client, 'batches/b', sku, 'https://x.example/1.jpg', 'https://x.example/new.jpg');
  expect(sent).toEqual([
    [
      'PATCH',
      'batches/b/skus/a%2Fb',
      {
        images: [{ url: 'https://x.example/new.jpg' }, { url: 'https://x.example/2.jpg', name: '2.jpg' }],
        photoOrder: 'given',
      },
    ],
    ['POST', 'batches/b/retry', { skus: ['a/b'] }],
  ]);
});

test('a file is uploaded first; a SKU that has its picture is not tried again', async () => {
  const { sent, client } = recorder();
  const file = new File(['bytes'], 'new.jpg');
  await replaceSource(client, 'batches/b', { ...sku, state: 'completed' }, 'https://x.example/2.jpg', file);
  expect(sent.map(([method]) => method)).toEqual(['submit', 'PATCH']);
  expect(sent[1]?.[2]).toMatchObject({ images: [{ name: '1.jpg' }, { url: 'photo:abc' }] });
});
