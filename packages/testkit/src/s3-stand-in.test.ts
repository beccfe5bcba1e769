import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type S3StandIn, startS3StandIn } from './s3-stand-in.ts';

let server: S3StandIn;

beforeEach(async () => {
  server = await startS3StandIn({ bucket: 'pictures' });
});
afterEach(() => server.close());

/** What it does for clients with a right signature, the object store's contract suite shows. */
describe('the S3 stand-in', () => {
  test('lets nobody in without a signature, and stores nothing of theirs', async () => {
    const object = `${server.endpoint}/pictures/a.png`;
    const answers = [await fetch(object), await fetch(object, { method: 'PUT', body: 'x' })];
    expect(answers.map((answer) => answer.status)).toEqual([403, 403]);
    expect(await answers[1]?.text()).toContain('<Code>AccessDenied</Code>');
    expect(server.keys()).toEqual([]);
  });

  test('refuses aws-chunked bodies, like Swift', async () => {
    const headers = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
    const answer = await fetch(`${server.endpoint}/pictures/a`, { method: 'PUT', body: 'x', headers });
    expect([answer.status, await answer.text()]).toEqual([501, expect.stringContaining('NotImplemented')]);
  });

  test('remembers what it was asked', async () => {
    await fetch(`${server.endpoint}/pictures/a%20b?uploadId=1&partNumber=2`, { method: 'PUT', body: 'x' });
    const [request] = server.requests;
    expect(request).toMatchObject({ operation: 'UploadPart', bucket: 'pictures', key: 'a b' });
    expect(request?.query.get('partNumber')).toBe('2');
  });

  test('answers, hangs and hangs up as it is told', async () => {
    const object = `${server.endpoint}/pictures/a`;
    server.interfere(() => ({ kind: 'error', status: 503, code: 'SlowDown' }));
    const answer = await fetch(object);
    expect([answer.status, await answer.text()]).toEqual([
      503,
      expect.stringContaining('<Code>SlowDown</Code>'),
    ]);
    server.interfere(() => ({ kind: 'reset' }));
    await expect(fetch(object)).rejects.toThrow();
    server.interfere(() => ({ kind: 'hang' }));
    await expect(fetch(object, { signal: AbortSignal.timeout(200) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    server.interfere(() => undefined);
    expect((await fetch(object)).status).toBe(403);
  });

  test('closes with a client hanging on', async () => {
    const other = await startS3StandIn();
    other.interfere(() => ({ kind: 'hang' }));
    const waiting = expect(fetch(`${other.endpoint}/b/a`)).rejects.toThrow();
    while (other.requests.length === 0) await new Promise(setImmediate);
    await other.close();
    await waiting;
  });
});
