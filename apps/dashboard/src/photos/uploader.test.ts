import { createHash } from 'node:crypto';
import { eventually } from '@image-studio/testkit';
import { expect, test } from '@jest/globals';
import { ProblemError } from '../api/problem-error.ts';
import type { LocalFile } from './local-file.ts';
import { createUploader } from './uploader.ts';

const file = (path: string, text = path): LocalFile => ({
  path,
  bytes: text.length,
  read: async () => new Blob([text]),
});
const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const problem = (status: number, code: string) =>
  new ProblemError({ type: '', title: code, status, code, detail: `it is ${code}` });

/** A server that keeps what it is sent, and answers a file with what `faults` holds for its content. */
function aServer(faults: Record<string, ProblemError[]> = {}) {
  const kept = new Set<string>();
  const sent: string[] = [];
  return {
    kept,
    sent,
    client: {
      async post<T>(_path: string, body?: unknown): Promise<T> {
        const { sha256 } = body as { sha256: string[] };
        return {
          items: sha256.flatMap((one) => (kept.has(one) ? [{ sha256: one, expiresAt: null }] : [])),
        } as T;
      },
      async submit<T>(_path: string, body: unknown): Promise<T> {
        const text = await (body as Blob).text();
        sent.push(text);
        const fault = faults[text]?.shift();
        if (fault) throw fault;
        kept.add(digest(text));
        return { sha256: digest(text) } as T;
      },
    },
  };
}

const TIMES = { retryMs: 1, tellMs: 1 };

test('sends each file once, and not what is there already', async () => {
  const server = aServer();
  server.kept.add(digest('b.jpg'));
  const uploader = createUploader(server.client, TIMES);
  const files = Array.from({ length: 120 }, (_, n) => file(`${n}.jpg`));
  uploader.add([...files, file('b.jpg'), file('b.jpg')]);
  await eventually(() =>
    expect(uploader.progress.get()).toMatchObject({ files: 121, doneFiles: 121, known: 1, failed: [] }),
  );
  expect(server.sent).toHaveLength(120);
  expect(uploader.digestOf('7.jpg')).toBe(digest('7.jpg'));
  uploader.close();
});

test('tries again what may pass, tells what is no photo, and sends it again when asked', async () => {
  const server = aServer({
    'a.jpg': [problem(503, 'BUSY'), problem(0, 'UNREACHABLE')],
    'bad.jpg': [problem(422, 'SOURCE_NOT_AN_IMAGE')],
  });
  const uploader = createUploader(server.client, TIMES);
  uploader.add([file('a.jpg'), file('bad.jpg')]);
  await eventually(() =>
    expect(uploader.progress.get()).toMatchObject({
      doneFiles: 1,
      failed: [{ path: 'bad.jpg', message: 'it is SOURCE_NOT_AN_IMAGE' }],
    }),
  );
  uploader.retry();
  await eventually(() => expect(uploader.progress.get()).toMatchObject({ doneFiles: 2, failed: [] }));
  uploader.close();
});

test('pauses when the server is away, and goes on with the same file', async () => {
  const server = aServer({ 'a.jpg': Array.from({ length: 4 }, () => problem(0, 'UNREACHABLE')) });
  const uploader = createUploader(server.client, TIMES);
  uploader.add([file('a.jpg')]);
  await eventually(() =>
    expect(uploader.progress.get()).toMatchObject({
      isPaused: true,
      pausedFor: { message: expect.anything() },
    }),
  );
  expect(uploader.progress.get().failed).toEqual([]);
  uploader.resume();
  await eventually(() => expect(uploader.progress.get()).toMatchObject({ doneFiles: 1, isPaused: false }));
  uploader.close();
});

test('holds everything while it is paused', async () => {
  const server = aServer();
  const uploader = createUploader(server.client, TIMES);
  uploader.pause();
  uploader.add([file('a.jpg')]);
  await eventually(() => expect(uploader.progress.get()).toMatchObject({ files: 1, isPaused: true }));
  expect(server.sent).toEqual([]);
  uploader.resume();
  await eventually(() => expect(uploader.progress.get().doneFiles).toBe(1));
  uploader.close();
});
