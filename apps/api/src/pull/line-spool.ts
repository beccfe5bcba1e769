import { once } from 'node:events';
import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';

/** Lines of text, held packed: a fifth of their size. */
export interface LineSpool {
  add(line: string): Promise<void>;
  readonly count: number;
  /** After the last `add`; once. */
  lines(): AsyncGenerator<string>;
}

export function createLineSpool(): LineSpool {
  const gzip = createGzip({ level: 1 });
  const parts: Buffer[] = [];
  gzip.on('data', (part: Buffer) => parts.push(part));
  let count = 0;
  return {
    get count() {
      return count;
    },
    async add(line) {
      count += 1;
      if (!gzip.write(`${line}\n`)) await once(gzip, 'drain');
    },
    async *lines() {
      gzip.end();
      await once(gzip, 'end');
      // Each part is let go as it is read.
      const text = Readable.from(takeAll(parts)).pipe(createGunzip());
      let rest = '';
      for await (const chunk of text.setEncoding('utf8')) {
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop() ?? '';
        yield* lines;
      }
    },
  };
}

function* takeAll<T>(items: T[]): Generator<T> {
  for (let item = items.shift(); item !== undefined; item = items.shift()) yield item;
}
