import { BatchOptions, PullSource, SkuInput, say } from '@image-studio/contract';
import { faultsOf } from '../http/faults-of.ts';
import { jsonPath } from '../http/json-path.ts';
import { ProblemError } from '../http/problem-error.ts';
import { splitJson } from '../http/split-json.ts';
import type { BatchDraft } from './batch-draft.ts';
import { createFaultList, type FaultList } from './fault-list.ts';
import { refuseTooMany } from './refuse-too-many.ts';
import type { TableQuery } from './table-query.ts';

/** Reads the JSON body of `POST /batches` without ever holding the event loop for long. */
export async function readBatchJson(
  bytes: Buffer,
  query: TableQuery,
): Promise<Omit<BatchDraft, 'bodySha256'>> {
  const [stray] = Object.keys(query);
  if (stray !== undefined) {
    throw new ProblemError(
      400,
      'INVALID_QUERY',
      `With a JSON body "${stray}" belongs into the body, not into the query.`,
    );
  }
  const document = await splitJson(bytes, ['skus']);
  try {
    refuseTooMany(document.length ?? 0);
    const faults = createFaultList();
    const source = readSource(document.rest, document.length, faults);
    const options = readOptions(document.rest, document.length, faults);
    const skus: SkuInput[] = [];
    let index = 0;
    for await (const chunk of document.chunks) {
      for (const item of chunk) {
        const sku = readSku(item, index++, faults);
        if (sku !== null) skus.push(sku);
      }
      if (faults.full) break;
    }
    faults.throwIfAny();
    if (options === null) throw new Error('options without a value and without a fault');
    return { options, skus, ...(source !== undefined && { source }) };
  } finally {
    await document.close();
  }
}

/** Throws nothing; `undefined` when there is none, or a wrong one. */
function readSource(rest: unknown, length: number | null, faults: FaultList): PullSource | undefined {
  const { source, skus } = (rest ?? {}) as { source?: unknown; skus?: unknown };
  if (source === undefined) return undefined;
  if (length !== null || skus !== undefined) {
    faults.add({ path: 'source', ...say`stands beside "skus": a batch takes one of them` });
  }
  const parsed = PullSource.safeParse(source);
  if (parsed.success) return parsed.data;
  faults.add(...faultsOf(parsed.error, ['source']));
  return undefined;
}

function readOptions(rest: unknown, length: number | null, faults: FaultList): BatchOptions | null {
  if (typeof rest !== 'object' || rest === null || Array.isArray(rest)) {
    faults.add({ path: '$', ...say`must be an object with the field "skus"` });
    return null;
  }
  const { skus, source, ...others } = rest as Record<string, unknown>;
  if (source !== undefined) {
    // Its own faults are told by then.
  } else if (length === null) {
    faults.add({ path: 'skus', ...(skus === undefined ? say`is required` : say`must be a list`) });
  } else if (length === 0) faults.add({ path: 'skus', ...say`must hold at least one SKU` });
  const parsed = BatchOptions.safeParse(others);
  if (parsed.success) return parsed.data;
  faults.add(...faultsOf(parsed.error));
  return null;
}

function readSku(item: unknown, index: number, faults: FaultList): SkuInput | null {
  const place = ['skus', index];
  const parsed = SkuInput.safeParse(item);
  if (!parsed.success) faults.add(...faultsOf(parsed.error, place));
  else if (holdsPrototypeKey(item)) {
    faults.add({ path: jsonPath([...place, 'attributes', '__proto__']), ...say`is not a possible name` });
  } else return parsed.data;
  return null;
}

/** zod leaves an own `__proto__` out of a record without a word; we would rather say so than lose a column. */
function holdsPrototypeKey(item: unknown): boolean {
  const { attributes } = item as { attributes?: object };
  return attributes !== undefined && Object.hasOwn(attributes, '__proto__');
}
