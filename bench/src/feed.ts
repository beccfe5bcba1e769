import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { readFeed } from '@image-studio/tables';
import { deploy } from '@image-studio/testkit/deployment';
import { watchRss } from './feed/watch-rss.ts';

const ITEMS = 20_000;
const HTML = `<p>${'Soft washed linen, made to last. '.repeat(40)}</p>`;
const RUNS = 10;
const mb = (count: number) => (count / 1e6).toFixed(1);

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
  try {
    for (let run = 1; run <= Number(runs); run += 1) await pullCold(feedUrl);
  } finally {
    server.close();
  }
  await readHere();
}

/** In a fresh process, then again in the same: all of it has changed, and nothing has. */
async function pullCold(feedUrl: string): Promise<void> {
  const studio = await deploy({ workers: 0, env: { LOG_LEVEL: 'error' } });
  try {
    const pid = studio.api.child.pid ?? 0;
    const told: string[] = [];
    for (const everything of [false, true, false]) {
      const memory = watchRss(pid);
      const start = performance.now();
      const answer = await studio.post('/api/v1/batches', {
        source: { feedUrl, everything },
        profile: 'web',
      });
      const { pulled } = (await answer.json()) as { pulled: { items: number; changed: number } };
      const seconds = (performance.now() - start) / 1000;
      const { before, more } = memory.close();
      told.push(
        `${pulled.changed} of ${pulled.items} in ${seconds.toFixed(1)} s, ${mb(before)} + ${mb(more)} MB`,
      );
    }
    console.log(told.join('; '));
  } finally {
    await studio.close();
  }
}

async function readHere(): Promise<void> {
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
  console.log(`${mb(bytes)} MB  ${taken} products  ${ms} ms  ${mb(memory.close().more)} MB more at the peak`);
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
