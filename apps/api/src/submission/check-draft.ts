import { type BatchOptions, type SkuInput, say } from '@image-studio/contract';
import { type Fault, ProblemError } from '../http/problem-error.ts';
import type { RouteContext } from '../routes/context.ts';
import type { BatchDraft, CheckedDraft } from './batch-draft.ts';
import { checkProfile } from './check-profile.ts';
import { createFaultList, type FaultList } from './fault-list.ts';
import { createAddressLint } from './lint-addresses.ts';
import { createPromptLint } from './lint-prompts.ts';
import { type KnowsPhotos, refuseUnknownPhotos } from './refuse-unknown-photos.ts';
import type { Warning } from './warning.ts';
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
  const check = createDraftCheck(options, outgoing, knowsPhotos);
  await check.look(skus);
  const warnings = check.conclude();
  refuseDuplicates(skus.map(({ sku }) => sku));
  return { ...draft, warnings: [...(draft.table?.warnings ?? []), ...warnings] };
}

/** The same of SKUs that come bit by bit, each code once. */
export interface DraftCheck {
  look(skus: readonly SkuInput[]): Promise<void>;
  /** What is odd about them; throws 422 for what is wrong. */
  conclude(): Warning[];
}

export function createDraftCheck(
  options: BatchOptions,
  outgoing?: RouteContext['outgoing'],
  knowsPhotos?: KnowsPhotos,
): DraftCheck {
  const faults = createFaultList();
  const profile = checkProfile(options, faults);
  if (options.main === false && options.secondary === false) {
    faults.add({ path: 'main', ...say`is false and so is secondary: there would be nothing to make` });
  }
  if (options.model !== undefined && options.models !== undefined) {
    faults.add({ path: 'models', ...say`cannot stand beside model: name all models in models` });
  }
  if (outgoing !== undefined && options.webhookUrl !== undefined) {
    const said = webhookFault(options.webhookUrl, outgoing);
    if (said !== null) faults.add({ path: 'webhookUrl', ...said });
  }
  const prompts = createPromptLint(options, faults);
  const addresses = createAddressLint(outgoing);
  let seen = 0;
  return {
    async look(skus) {
      refuseUnaddressable(skus, seen, faults);
      if (knowsPhotos !== undefined) await refuseUnknownPhotos(skus, knowsPhotos, faults, seen);
      seen += skus.length;
      await prompts.look(skus);
      await addresses.look(skus);
    },
    conclude() {
      const odd = prompts.conclude();
      faults.throwIfAny();
      return [...addresses.warnings(), ...profile, ...odd];
    },
  };
}

/** Browsers and `fetch` take these two out of an address before they send it, however they are encoded. */
function refuseUnaddressable(skus: readonly { sku: string }[], from: number, faults: FaultList): void {
  skus.forEach(({ sku }, index) => {
    if (sku !== '.' && sku !== '..') return;
    const said = say`is ${JSON.stringify(sku)}, which no address can hold`;
    faults.add({ path: `skus[${from + index}].sku`, ...said });
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
