import { Agent, request } from 'node:http';
import { loadavg } from 'node:os';
import { deploy } from '@image-studio/testkit/deployment';
import { distinctColour, productPhoto } from '@image-studio/testkit/photos';
import { readProcessTree } from './process-tree.ts';

const FILES = 5000;
const FILE_BYTES = 3_000_000;
const AT_ONCE = 8;
const WARM_UP = 16;

/**
 * `npm run bench -- uploads [files]`: photos of 3 MB, no two alike, from this process to an API of its own over loopback,
 * and how much more memory that API and its process for pictures hold meanwhile. Linux only.
 */
export async function benchUploads([count]: string[]): Promise<void> {
  const files = Number(count ?? FILES);
  const photo = await productPhoto({ seed: 1, colour: distinctColour(1), width: 1200, height: 1200 });
  // What stands behind the picture is no part of it, and costs nobody anything but its bytes.
  const bytes = Buffer.concat([photo, Buffer.alloc(FILE_BYTES - photo.length, 7)]);
  const studio = await deploy({ workers: 0, env: { API_RATE_LIMIT_PER_MINUTE: '0', LOG_LEVEL: 'error' } });
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  try {
    const pid = studio.api.child.pid ?? 0;
    for (let n = 0; n < WARM_UP; n += 1)
      await send(`${studio.url}/api/v1/photos`, numbered(bytes, files + n), agent);
    const before = readProcessTree(pid);
    let most = before.rssBytes;
    const watch = setInterval(() => {
      most = Math.max(most, readProcessTree(pid).rssBytes);
    }, 50);
    const start = performance.now();
    let next = 0;
    const line = async (): Promise<void> => {
      for (let n = next++; n < files; n = next++)
        await send(`${studio.url}/api/v1/photos`, numbered(bytes, n), agent);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, line));
    const seconds = (performance.now() - start) / 1000;
    clearInterval(watch);
    const { cpuSeconds } = readProcessTree(pid);
    const mb = (files * FILE_BYTES) / 1e6;
    console.log(
      `${files} photos of ${FILE_BYTES / 1e6} MB, ${AT_ONCE} at once, load average ${loadavg()[0]?.toFixed(1)}`,
    );
    console.log(
      `${(mb / seconds).toFixed(0)} MB/s (${seconds.toFixed(1)} s), ${(((cpuSeconds - before.cpuSeconds) * 1000) / files).toFixed(1)} CPU ms a photo in API and its process for pictures`,
    );
    console.log(
      `memory: ${(before.rssBytes / 1e6).toFixed(0)} MB before, ${((most - before.rssBytes) / 1e6).toFixed(0)} MB more at most`,
    );
  } finally {
    agent.destroy();
    await studio.close();
  }
}

/** The same photo with another number at its end. */
function numbered(bytes: Buffer, n: number): Buffer[] {
  const number = Buffer.alloc(8);
  number.writeDoubleLE(n);
  return [bytes.subarray(0, -8), number];
}

function send(url: string, parts: Buffer[], agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sending = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'image/jpeg', 'content-length': FILE_BYTES } },
      (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (text) => {
          answer += text;
        });
        response.on('end', () =>
          response.statusCode === 201 ? resolve() : reject(new Error(`${response.statusCode} ${answer}`)),
        );
      },
    );
    sending.on('error', reject);
    for (const part of parts) sending.write(part);
    sending.end();
  });
}
