import { readFeed } from '@image-studio/tables';

const ITEMS = 20_000;
const HTML = `<p>${'Soft washed linen, made to last. '.repeat(40)}</p>`;

/** `npm run bench -- feed`: an XML feed of 20,000 products and 40 MB, read while it arrives: time and memory. */
export async function benchFeed(): Promise<void> {
  global.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const look = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 5);
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
  clearInterval(look);
  const ms = Math.round(performance.now() - start);
  const mb = (count: number) => (count / 1e6).toFixed(1);
  console.log(`${mb(bytes)} MB  ${taken} products  ${ms} ms  ${mb(peak - before)} MB more at the peak`);
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
