import { type BatchRequest, BatchView, Problem, SkuView } from '@image-studio/contract';
import { z } from 'zod';

const BatchPage = z.object({ items: z.array(BatchView), nextCursor: z.string().nullable() });
const SkuPage = z.object({ items: z.array(SkuView), nextCursor: z.string().nullable() });

/** A page of SKUs that is large and still below the limit of the API. */
const PAGE_SIZE = 200;

export type StudioClient = ReturnType<typeof createStudioClient>;

/** The launcher as a client of the product: the same REST that everybody uses. */
export function createStudioClient(options: { url: string; apiKey?: string; signal: AbortSignal }) {
  const headers = options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` };

  async function ask<T>(schema: z.ZodType<T>, path: string, init: RequestInit = {}): Promise<T> {
    const response = await fetch(`${options.url}/api/v1${path}`, {
      ...init,
      headers: { ...headers, ...init.headers },
      signal: options.signal,
    });
    const body: unknown = await response.json();
    if (response.ok) return schema.parse(body);
    const problem = Problem.safeParse(body);
    const reason = problem.success
      ? `${problem.data.title}: ${problem.data.detail ?? ''}`
      : response.statusText;
    throw new Error(`${init.method ?? 'GET'} ${path} was answered ${response.status}: ${reason}`);
  }

  return {
    /** Resolves as soon as the API can work. */
    isReady: async () => (await fetch(`${options.url}/readyz`, { signal: options.signal })).ok,

    hasBatches: async () => (await ask(BatchPage, '/batches?limit=1')).items.length > 0,

    /** Twice with the same key is once. */
    submit: (request: BatchRequest, idempotencyKey: string) =>
      ask(z.object({ id: z.string() }), '/batches', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
        body: JSON.stringify(request),
      }),

    batch: (id: string) => ask(BatchView, `/batches/${encodeURIComponent(id)}`),

    /** All SKUs, in the order of submission. */
    skus: async (id: string): Promise<SkuView[]> => {
      const skus: SkuView[] = [];
      let cursor: string | null = '';
      do {
        const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const path = `/batches/${encodeURIComponent(id)}/skus?limit=${PAGE_SIZE}${query}`;
        const page: z.infer<typeof SkuPage> = await ask(SkuPage, path);
        skus.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null);
      return skus;
    },
  };
}
