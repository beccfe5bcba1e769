import { PROFILES } from '@image-studio/contract';
import { ProblemError } from '../http/problem-error.ts';
import type { BatchDraft } from './batch-draft.ts';
import { createFaultList } from './fault-list.ts';

/** Most codes spelled out in one sentence. */
const MAX_NAMED = 20;

/** Checks what no shape can say; returns the draft, or throws 422. */
export function checkDraft(draft: BatchDraft): BatchDraft {
  const { options, skus } = draft;
  const faults = createFaultList();
  const profiles = PROFILES.map((profile) => profile.id);
  if (!profiles.includes(options.profile)) {
    faults.add({ path: 'profile', message: `is not a known profile; known: ${profiles.join(', ')}` });
  }
  if (options.main === false && options.secondary === false) {
    faults.add({ path: 'main', message: 'is false and so is secondary: there would be nothing to make' });
  }
  faults.settle();
  refuseDuplicates(skus.map(({ sku }) => sku));
  return draft;
}

function refuseDuplicates(codes: readonly string[]): void {
  const firstAt = new Map<string, number>();
  const faults: { path: string; message: string }[] = [];
  const names = new Set<string>();
  codes.forEach((code, index) => {
    const first = firstAt.get(code);
    if (first === undefined) firstAt.set(code, index);
    else {
      names.add(code);
      faults.push({
        path: `skus[${index}].sku`,
        message: `is ${JSON.stringify(code)}, like skus[${first}].sku`,
      });
    }
  });
  if (names.size === 0) return;
  const named = [...names].slice(0, MAX_NAMED).map((name) => JSON.stringify(name));
  const more = names.size > MAX_NAMED ? ` and ${names.size - MAX_NAMED} more` : '';
  throw new ProblemError(
    422,
    'DUPLICATE_SKUS',
    `A SKU code may occur once in a batch: ${named.join(', ')}${more}.`,
    {
      errors: faults,
    },
  );
}
