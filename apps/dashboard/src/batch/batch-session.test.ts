import { afterEach, describe, expect, test } from '@jest/globals';
import { ProblemError } from '../api/problem-error.ts';
import type { StudioClient } from '../api/studio-client.ts';
import type { Follower, LinkStatus, LiveLink } from '../live/live-link.ts';
import type { SkuFilter } from '../state/batch-state.ts';
import { sampleBatch, sampleSku } from '../state/sample-batch.ts';
import { createStore } from '../state/store.ts';
import { visibleSkus } from '../state/visible-skus.ts';
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
  const client: StudioClient = { get: send, post: send };
  const link: LiveLink = {
    status: createStore<LinkStatus>('live'),
    follow: (_, follower) => {
      followers.push(follower);
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
  return state && visibleSkus(state)?.map(({ sku, state: at }) => `${sku} ${at}`);
};

const pages = (query: URLSearchParams) =>
  query.get('cursor') === '2'
    ? { items: [sampleSku('C')], nextCursor: null }
    : { items: [sampleSku('A'), sampleSku('B')], nextCursor: '2' };

describe('openBatch', () => {
  test('reads the batch before its SKUs, follows it, and goes on by cursor', async () => {
    const border = outside({ 'batches/b1': () => sampleBatch({ seq: 7 }), 'batches/b1/skus': pages });
    const session = open(border);
    await settled(session, () => codes(session)?.length === 2);
    expect(border.followers[0]?.seq()).toBe(7);
    expect(border.requests).toEqual(['batches/b1', 'batches/b1/skus?limit=48']);
    await session.loadMore();
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
    await settled(session, () => codes(session)?.length === 2);
    expect(codes(session)).toEqual(['A completed', 'B waiting']);
  });

  test('reads as much again as was shown when a snapshot takes its place', async () => {
    const border = outside({ 'batches/b1': () => sampleBatch(), 'batches/b1/skus': pages });
    const session = open(border);
    await settled(session, () => codes(session)?.length === 2);
    await session.loadMore();
    border.requests.length = 0;
    const batch = sampleBatch({ seq: 50 });
    border.followers[0]?.onSnapshot({ seq: 50, batch, skus: [sampleSku('A')], nextCursor: '1' });
    await settled(
      session,
      () => session.view.get().state?.stale === false && !session.view.get().loadingPage,
    );
    expect(border.requests).toEqual(['batches/b1/skus?limit=48', 'batches/b1/skus?cursor=2&limit=48']);
    expect(codes(session)).toEqual(['A waiting', 'B waiting', 'C waiting']);
  });

  test('asks the server for a filter, and shows the last one chosen', async () => {
    const border = outside({
      'batches/b1': () => sampleBatch(),
      'batches/b1/skus': (query) => {
        const state = query.get('state');
        return {
          items: [sampleSku(`${state}-1`, state === 'failed' ? 'failed' : 'active')],
          nextCursor: null,
        };
      },
    });
    const session = open(border);
    await settled(session, () => codes(session)?.length === 1);
    session.setFilter({ state: 'active' });
    session.setFilter({ state: 'failed' });
    await settled(session, () => codes(session)?.length === 1 && !session.view.get().loadingPage);
    expect(codes(session)).toEqual(['failed-1 failed']);
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
    await settled(session, () => codes(session)?.length === 2);
    await session.act('pause');
    expect(session.view.get().state?.batch.status).toBe('paused');
    await expect(session.act('retry')).rejects.toThrow(ProblemError);
  });

  test('leaves nothing behind', async () => {
    const border = outside({ 'batches/b1': () => sampleBatch(), 'batches/b1/skus': pages });
    const session = open(border);
    await settled(session, () => codes(session)?.length === 2);
    session.close();
    expect(border.followers).toEqual([]);
  });
});
