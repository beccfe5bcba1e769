import type { SkuView } from '@image-studio/contract';
import { useEffect, useState } from 'preact/hooks';
import { ProblemError } from '../api/problem-error.ts';

/** A change is read this long after it was heard of: several often come at once. */
const SETTLE_MS = 200;

export interface WholeSku {
  sku: SkuView | null;
  problem: ProblemError | null;
}

/** One SKU with all its details, read anew whenever `version` changes. */
export function useSku(
  code: string,
  version: unknown,
  read: (code: string, signal: AbortSignal) => Promise<SkuView>,
): WholeSku {
  const [whole, setWhole] = useState<WholeSku>({ sku: null, problem: null });
  const isThere = whole.sku?.sku === code;
  useEffect(() => {
    const ending = new AbortController();
    const timer = setTimeout(
      () => {
        read(code, ending.signal).then(
          (sku) => setWhole({ sku, problem: null }),
          (error: unknown) => {
            if (error instanceof ProblemError) setWhole((old) => ({ ...old, problem: error }));
          },
        );
      },
      isThere ? SETTLE_MS : 0,
    );
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [code, version]);
  return isThere ? whole : { sku: null, problem: whole.problem };
}
