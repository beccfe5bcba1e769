import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { CATALOGUE_FOLDER } from './catalogue.ts';

export interface CatalogueServer {
  /** `http://127.0.0.1:<port>`: the only private origin that the workers may download from. */
  origin: string;
  close(): Promise<void>;
}

interface Page {
  type: string;
  body: Buffer;
}

const TYPES: Record<string, string> = {
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

/**
 * Plays the supplier: serves the sample photos under `/photos/` and faulty ones under `/broken/`, on loopback. Its
 * port is remembered in `memory`, so that the links of yesterday's batches work again.
 */
export async function startCatalogueServer(memory: string): Promise<CatalogueServer> {
  const pages = await readPages();
  const server = createServer((request, response) => {
    const path = decodePath(request.url ?? '/');
    send(response, path === undefined ? undefined : pages.get(path));
  });
  const port = await listen(server, await rememberedPort(memory));
  await rememberPort(memory, port);
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Every page there is, by path: nothing else can be asked for. The catalogue is 2 MB. */
async function readPages(): Promise<Map<string, Page>> {
  const folder = join(CATALOGUE_FOLDER, 'photos');
  const pages = new Map<string, Page>();
  for (const name of await readdir(folder)) {
    const type = TYPES[extname(name)];
    if (type) pages.set(`/photos/${name}`, { type, body: await readFile(join(folder, name)) });
  }
  const photo = [...pages.values()].find(({ type }) => type === 'image/jpeg')?.body ?? Buffer.alloc(0);
  const jpeg = 'image/jpeg';
  const webPage = '<!doctype html><title>Log in</title><h1>Please log in to see this photo</h1>';
  const drawing =
    '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800"><circle cx="400" cy="400" r="300"/></svg>';
  pages.set('/broken/web-page.jpg', { type: jpeg, body: Buffer.from(webPage) });
  pages.set('/broken/truncated.jpg', { type: jpeg, body: photo.subarray(0, photo.length / 3) });
  pages.set('/broken/drawing.svg', { type: 'image/svg+xml', body: Buffer.from(drawing) });
  return pages;
}

function send(response: ServerResponse, page: Page | undefined): void {
  if (page === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
    return;
  }
  response.writeHead(200, { 'content-type': page.type, 'content-length': page.body.length }).end(page.body);
}

function decodePath(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '/');
  } catch {
    return undefined;
  }
}

/** Takes the port of last time; any other when somebody else has it now. */
async function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if (port === 0) throw error;
    return listen(server, 0);
  }
  return (server.address() as AddressInfo).port;
}

async function rememberedPort(memory: string): Promise<number> {
  const port = Number(await readFile(join(memory, 'catalogue-port'), 'utf8').catch(() => '0'));
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
}

async function rememberPort(memory: string, port: number): Promise<void> {
  await mkdir(memory, { recursive: true });
  await writeFile(join(memory, 'catalogue-port'), String(port));
}
