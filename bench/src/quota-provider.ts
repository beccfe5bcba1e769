import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ProviderStats {
  accepted: number;
  rateLimited: number;
  pictures: number;
  duplicates: number;
  mostInWindow: number;
  mostInTenth: number;
  billedUsd: number;
  /** Milliseconds since the first. */
  acceptedAt: number[];
  /** How long the model worked on each of them. */
  latenciesMs: number[];
}

/** The Gemini stand-in as a process of its own, so that its clock is not the clock of whoever is measured. */
export interface Provider {
  baseUrl: string;
  apiKey: string;
  pid: number | undefined;
  configure(change: object): Promise<void>;
  reset(): Promise<void>;
  stats(): Promise<ProviderStats>;
  close(): Promise<void>;
}

export async function startProvider(config: object): Promise<Provider> {
  const file = fileURLToPath(import.meta.resolve('@image-studio/testkit/gemini-stand-in-main'));
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, PORT: '0', CONFIG: JSON.stringify(config) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { baseUrl, apiKey } = JSON.parse(line) as { baseUrl: string; apiKey: string };
  const post = async (path: string, body: object = {}) => {
    await fetch(`${baseUrl}${path}`, { method: 'POST', body: JSON.stringify(body) });
  };
  return {
    baseUrl,
    apiKey,
    pid: child.pid,
    configure: (change) => post('/__config', change),
    reset: () => post('/__reset'),
    stats: async () => (await (await fetch(`${baseUrl}/__stats`)).json()) as ProviderStats,
    async close() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
