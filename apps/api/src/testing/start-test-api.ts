import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuLimiter, inlinePictureWork } from '@image-studio/imaging';
import { type ApiConfig, createLogger, readApiConfig } from '@image-studio/runtime';
import { type ServedApi, serveApi } from '../serve-api.ts';

export interface TestApi extends ServedApi {
  config: ApiConfig;
  /** Folder of the built dashboard; empty at first. */
  dashboardDir: string;
  /** Lines that were logged. */
  logged: string[];
  /** A JSON request below `/api/v1`; `key` becomes the bearer. */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<CallAnswer>;
}

export interface CallOptions {
  key?: string;
  headers?: Record<string, string>;
}

export interface CallAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

/** The API as `main.ts` runs it, on a free port, with its own folder for objects. */
export async function startTestApi(env: Record<string, string>): Promise<TestApi> {
  const folder = await mkdtemp(join(tmpdir(), 'image-studio-api-'));
  const dashboardDir = join(folder, 'dashboard');
  const config = readApiConfig({ PORT: '0', STUDIO_DATA_DIR: folder, SHUTDOWN_TIMEOUT_MS: '5000', ...env });
  const pictures = inlinePictureWork(createCpuLimiter(2));
  const logged: string[] = [];
  const log = createLogger({
    level: 'info',
    name: 'api',
    stream: { write: (line) => void logged.push(line) },
  });
  const served = await serveApi(config, {
    log,
    version: '0.0.0-test',
    dashboardDir,
    processMetrics: false,
    pictures,
  });
  return {
    ...served,
    config,
    dashboardDir,
    logged,
    async call(method, path, body, { key, headers = {} } = {}) {
      const isText = typeof body === 'string' || body instanceof Uint8Array;
      const response = await fetch(`${served.url}/api/v1${path}`, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
          ...headers,
        },
        ...(body !== undefined && { body: isText ? (body as string) : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') === true;
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    },
    async close() {
      await served.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
