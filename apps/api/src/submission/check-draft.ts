import { say } from '@image-studio/contract';
import { type Fault, ProblemError } from '../http/problem-error.ts';
import type { RouteContext } from '../routes/context.ts';
import type { BatchDraft, CheckedDraft } from './batch-draft.ts';
import { checkProfile } from './check-profile.ts';
import { createFaultList, type FaultList } from './fault-list.ts';
import { lintAddresses } from './lint-addresses.ts';
import { lintPrompts } from './lint-prompts.ts';
import { type KnowsPhotos, refuseUnknownPhotos } from './refuse-unknown-photos.ts';
import { webhookFault } from './webhook-fault.ts';

/** Most codes spelled out in one sentence. */
const MAX_NAMED = 20;

/** Checks what no shape can say; returns the draft with what is odd about it, or throws 422. */
export async function checkDraft(
  draft: BatchDraft,
  outgoing?: RouteContext['outgoing'],
  knowsPhotos?: KnowsPhotos,
): Promise<CheckedDraft> {
  const { options, skus } = draft;
  const faults = createFaultList();
  const profile = checkProfile(options, faults);
  if (options.main === false && options.secondary === false) {
    faults.add({ path: 'main', ...say`is false and so is secondary: there would be nothing to make` });
  }
  if (outgoing !== undefined && options.webhookUrl !== undefined) {
    const said = webhookFault(options.webhookUrl, outgoing);
    if (said !== null) faults.add({ path: 'webhookUrl', ...said });
  }
  refuseUnaddressable(skus, faults);
  if (knowsPhotos !== undefined) await refuseUnknownPhotos(skus, knowsPhotos, faults);
  const prompts = await lintPrompts(options, skus, faults);
  faults.settle();
  refuseDuplicates(skus.map(({ sku }) => sku));
  const addresses = await lintAddresses(skus, outgoing);
  return { ...draft, warnings: [...(draft.table?.warnings ?? []), ...addresses, ...profile, ...prompts] };
}

/** Browsers and `fetch` take these two out of an address before they send it, however they are encoded. */
function refuseUnaddressable(skus: readonly { sku: string }[], faults: FaultList): void {
  skus.forEach(({ sku }, index) => {
    if (sku !== '.' && sku !== '..') return;
    const said = say`is ${JSON.stringify(sku)}, which no address can hold`;
    faults.add({ path: `skus[${index}].sku`, ...said });
  });
}

function refuseDuplicates(codes: readonly string[]): void {
  const firstAt = new Map<string, number>();
  const faults: Fault[] = [];
  const names = new Set<string>();
  codes.forEach((code, index) => {
    const first = firstAt.get(code);
    if (first === undefined) firstAt.set(code, index);
    else {
      names.add(code);
      faults.push({
        path: `skus[${index}].sku`,
        ...say`is ${JSON.stringify(code)}, like skus[${first}].sku`,
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
