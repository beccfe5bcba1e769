import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { readFeed } from '@image-studio/tables';
import { deploy } from '@image-studio/testkit/deployment';
import type { Figures } from './draw-bars.ts';
import { watchRss } from './feed/watch-rss.ts';
import { tell } from './tell.ts';

const ITEMS = 20_000;
const HTML = `<p>${'Soft washed linen, made to last. '.repeat(40)}</p>`;
const RUNS = 10;
const mb = (count: number) => Number((count / 1e6).toFixed(1));
/** Kinds of pulls, one after the other in a process: the first, again all of it, and again when nothing has changed. */
const PULLS = { cold: false, everything: true, nothing: false };

/**
 * `npm run bench -- feed [runs]`: an XML feed of 20,000 products and 38 MB, pulled by an API that has just started, ten times; then read
 * in this process. How much more memory each needs at its peak. Linux only.
 */
export async function benchFeed([runs = String(RUNS)]: string[]): Promise<void> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/xml' });
    Readable.from(pieces()).pipe(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const feedUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed.xml`;
  const pulls: Figures = {};
  try {
    for (let run = 1; run <= Number(runs); run += 1) pulls[`API ${run}`] = await pullCold(feedUrl);
  } finally {
    server.close();
  }
  await tell('feed', pulls);
  await tell('feed-read', { XML: await readHere() });
}

/** In a fresh process, then again in the same: all of it has changed, and nothing has. */
async function pullCold(feedUrl: string): Promise<Figures[string]> {
  const studio = await deploy({ workers: 0, env: { LOG_LEVEL: 'error' } });
  const row: Figures[string] = {};
  try {
    const pid = studio.api.child.pid ?? 0;
    for (const [kind, everything] of Object.entries(PULLS)) {
      const memory = watchRss(pid);
      const start = performance.now();
      const source = { feedUrl, everything };
      const answer = await studio.post('/api/v1/batches', { source, profile: 'web' });
      const { pulled } = (await answer.json()) as { pulled: { items: number; changed: number } };
      row[`${kind}: s`] = Number(((performance.now() - start) / 1000).toFixed(1));
      row[`${kind}: MB more`] = mb(memory.close().more);
      row[`${kind}: changed`] = pulled.changed;
    }
    return row;
  } finally {
    await studio.close();
  }
}

async function readHere(): Promise<Figures[string]> {
  global.gc?.();
  const memory = watchRss(process.pid);
  let bytes = 0;
  let taken = 0;
  const start = performance.now();
  async function* counted() {
    for await (const piece of pieces()) {
      bytes += piece.length;
      yield piece;
    }
  }
  await readFeed(counted(), () => {
    taken += 1;
  });
  const ms = Math.round(performance.now() - start);
  return { MB: mb(bytes), products: taken, ms, 'MB more at the peak': mb(memory.close().more) };
}

/** 64 KB at a time, as they come over a network. */
async function* pieces(): AsyncGenerator<Buffer> {
  let text = '<rss xmlns:g="http://base.google.com/ns/1.0"><channel>';
  for (let n = 0; n < ITEMS; n++) {
    const attributes = Array.from(
      { length: 14 },
      (_, at) => `<g:attr_${at}>text ${(at * n) % 977}</g:attr_${at}>`,
    );
    text += `<item><g:id>S-${n}</g:id><title>Mug ${n}</title><description><![CDATA[${HTML}]]></description><g:image_link>https://photos.example/img/${n}/a.jpg</g:image_link>${attributes.join('')}</item>\n`;
    if (text.length < 64 * 1024) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(`${text}</channel></rss>`);
}
