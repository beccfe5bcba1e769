import { afterEach, describe, expect, test } from '@jest/globals';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import type { Follower, LinkStatus, LiveLink } from '../live/live-link.ts';
import type { SkuFilter } from '../state/batch-state.ts';
import { sampleBatch, sampleSku } from '../state/sample-batch.ts';
import { listSkus } from '../state/sku-list.ts';
import { createStore } from '../state/store.ts';

import { type BatchSession, openBatch } from './batch-session.ts';

/** REST and the live link, standing in at the border: answers by path, and the follower to speak to. */
function outside(answers: Record<string, (query: URLSearchParams) => unknown>) {
  const requests: string[] = [];
  const followers: Follower[] = [];
  const send = async <T>(path: string): Promise<T> => {
    requests.push(path);
    const [plain = '', search] = path.split('?');
    const answer = answers[plain]?.(new URLSearchParams(search));
    if (answer === undefined) {
      throw new ProblemError({ type: 'about:blank', title: 'Not found', status: 404, code: 'NOT_FOUND' });
    }
    return answer as T;
  };
  const client = { get: send, post: send, patch: send } as unknown as StudioClient;
  const link: LiveLink = {
    status: createStore<LinkStatus>('live'),
    follow: (_, follower) => {
      followers.push(follower);
      follower.onFollowing(true);
      return () => void followers.splice(followers.indexOf(follower), 1);
    },
  };
  return { client, link, requests, followers };
}

const sessions: BatchSession[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.close();
});

function open(border: ReturnType<typeof outside>, filter: SkuFilter = {}): BatchSession {
  const session = openBatch('b1', filter, border);
  sessions.push(session);
  return session;
}

function settled(session: BatchSession, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      leave();
      resolve();
    };
    const leave = session.view.subscribe(look);
    queueMicrotask(look);
  });
}

const codes = ({ view }: BatchSession) => {
  const { state } = view.get();
  if (state === null) return [];
  const list = listSkus(state);
  return Array.from({ length: list.count }, (_, position) => {
    const sku = list.at(position);
    return sku ? `${sku.sku} ${sku.state}` : '–';
  });
};

const isRead = (session: BatchSession) => !codes(session).includes('–') && codes(session).length > 0;

const pages = (query: URLSearchParams) =>
  query.get('cursor') === '2'
    ? { items: [sampleSku('C')], nextCursor: null }
    : { items: [sampleSku('A'), sampleSku('B')], nextCursor: '2' };

describe('openBatch', () => {
  test('reads the batch before its SKUs, follows it, and reads what comes into view', async () => {
    const border = outside({ 'batches/b1': () => sampleBatch({ seq: 7 }), 'batches/b1/skus': pages });
    const session = open(border);
    await settled(session, () => codes(session)[0] === 'A waiting');
    expect(border.followers[0]?.seq()).toBe(7);
    expect(border.requests).toEqual(['batches/b1', 'batches/b1/skus?cursor=0&limit=120&view=brief']);
    expect(codes(session)).toEqual(['A waiting', 'B waiting', '–']);
    session.show(1, 2);
    await settled(session, () => isRead(session));
    expect(codes(session)).toEqual(['A waiting', 'B waiting', 'C waiting']);
  });

  test('shows a change that was told while the page was on its way', async () => {
    const border = outside({
      'batches/b1': () => sampleBatch({ seq: 7 }),
      'batches/b1/skus': (query) => {
        const skus = [sampleSku('A', 'completed')];
        border.followers[0]?.onEvent({ event: 'sku:update', batchId: 'b1', seq: 8, skus });
        return pages(query);
      },
    });
    const session = open(border);
    await settled(session, () => codes(session)[1] === 'B waiting');
    expect(codes(session)[0]).toBe('A completed');
  });

  test('reads again what is in view when a snapshot says that much has changed', async () => {
    let state: 'waiting' | 'completed' = 'waiting';
    const border = outside({
      'batches/b1': () => sampleBatch(),
      'batches/b1/skus': () => ({
        items: ['A', 'B', 'C'].map((code) => sampleSku(code, state)),
        nextCursor: null,
      }),
    });
    const session = open(border);
    session.show(0, 2);
    await settled(session, () => isRead(session));
    state = 'completed';
    const batch = sampleBatch({ seq: 50 });
    border.followers[0]?.onSnapshot({ seq: 50, batch, skus: [sampleSku('A', state)], nextCursor: '1' });
    expect(codes(session)).toEqual(['A completed', 'B waiting', 'C waiting']);
    await settled(session, () => codes(session)[2] === 'C completed');
    expect(border.requests.at(-1)).toBe('batches/b1/skus?cursor=1&limit=120&view=brief');
  });

  test('asks the server for a filter, and shows the last one chosen', async () => {
    const border = outside({
      'batches/b1': () => sampleBatch(),
      'batches/b1/skus': (query) => {
        const isFailed = query.get('state') === 'failed';
        const items = [isFailed ? sampleSku('B', 'failed') : sampleSku('A', 'active')];
        return { items, nextCursor: null };
      },
    });
    const session = open(border);
    await settled(session, () => codes(session)[0] === 'A active');
    session.setFilter({ state: 'active' });
    session.setFilter({ state: 'failed' });
    await settled(session, () => codes(session)[0] === 'B failed');
    expect(codes(session)).toEqual(['B failed']);
  });

  test('reads a range for a selection that reaches beyond the screen', async () => {
    const border = outside({ 'batches/b1': () => sampleBatch(), 'batches/b1/skus': pages });
    const session = open(border);
    await settled(session, () => codes(session)[0] === 'A waiting');
    await session.readRange(0, 2);
    expect(codes(session)).toEqual(['A waiting', 'B waiting', 'C waiting']);
  });

  test('keeps what it shows and says so when pages cannot be read, until the link is back', async () => {
    let isAway = true;
    const border = outside({
      'batches/b1': () => sampleBatch(),
      'batches/b1/skus': (query) => (isAway ? undefined : pages(query)),
    });
    const session = open(border);
    await settled(session, () => session.view.get().isListBroken);
    isAway = false;
    border.link.status.set('reconnecting');
    border.link.status.set('live');
    await settled(session, () => codes(session)[0] === 'A waiting');
    expect(session.view.get().isListBroken).toBe(false);
  });

  test('says why there is nothing to show', async () => {
    const session = open(outside({}));
    await settled(session, () => session.view.get().problem !== null);
    expect(session.view.get().problem?.problem.code).toBe('NOT_FOUND');
  });

  test('passes a refused action on, and shows the new status after an accepted one', async () => {
    let status: 'running' | 'paused' = 'running';
    const border = outside({
      'batches/b1': () => sampleBatch({ status }),
      'batches/b1/skus': pages,
      'batches/b1/pause': () => {
        status = 'paused';
        return sampleBatch({ status });
      },
    });
    const session = open(border);
    await settled(session, () => codes(session)[0] === 'A waiting');
    await session.act((path) => border.client.post(`${path}/pause`));
    expect(session.view.get().state?.batch.status).toBe('paused');
    await expect(session.act((path) => border.client.post(`${path}/retry`))).rejects.toThrow(ProblemError);
  });

  test('leaves nothing behind', async () => {
    const border = outside({ 'batches/b1': () => sampleBatch(), 'batches/b1/skus': pages });
    const session = open(border);
    await settled(session, () => codes(session)[0] === 'A waiting');
    session.close();
    expect(border.followers).toEqual([]);
  });
});
