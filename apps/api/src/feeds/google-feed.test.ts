import { BatchGone, type BatchState, type SkuEntry } from '@image-studio/queue';
import { expect, test } from '@jest/globals';
import { type FeedSource, googleFeed } from './google-feed.ts';

test('a batch that is deleted while its feed is read leaves a whole document', async () => {
  const asked: string[] = [];
  const source = {
    api: {
      async *everySku(id: string) {
        asked.push(id);
        if (id === 'b1') throw new BatchGone('the batch was deleted while it was read');
        yield* [] as SkuEntry[];
      },
    },
    linkOf: async (key: string) => key,
    title: 'Autumn',
    link: 'https://studio.example/b1',
  } as unknown as FeedSource;
  const batches = [{ id: 'b1' }, { id: 'b2' }] as BatchState[];
  let feed = '';
  for await (const part of googleFeed(batches, source)) feed += part;
  expect(asked).toEqual(['b1', 'b2']);
  expect(feed).toMatch(/<\/channel>\n<\/rss>\n$/);
});
