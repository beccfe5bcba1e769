import { type Said, type SkuInput, StageError, saidBy, say } from '@image-studio/contract';
import { mendAddress } from '@image-studio/tables';
import { inChunks } from '../http/in-chunks.ts';
import type { RouteContext } from '../routes/context.ts';
import { type Warning, warningAbout } from './warning.ts';

/** Looks at the addresses of a submission, of which the SKUs may come bit by bit. */
export interface AddressLint {
  /**
   * Mends addresses in place where it is plain what was meant, and notes those and the ones that no worker will be able to
   * fetch: now, not SKU by SKU when the batch runs.
   */
  look(skus: readonly SkuInput[]): Promise<void>;
  warnings(): Warning[];
}

/** Of SKUs that are all there. */
export async function lintAddresses(
  skus: readonly SkuInput[],
  outgoing: RouteContext['outgoing'] | undefined,
): Promise<Warning[]> {
  const lint = createAddressLint(outgoing);
  await lint.look(skus);
  return lint.warnings();
}

export function createAddressLint(outgoing: RouteContext['outgoing'] | undefined): AddressLint {
  const found = new Map<string, { said: Said; path: string; address: string; codes: Set<string> }>();
  let index = 0;
  const note = (said: Said, path: string, address: string, code: string) => {
    const group = found.get(said.message) ?? { said, path, address, codes: new Set<string>() };
    found.set(said.message, group);
    group.codes.add(code);
  };
  const lookAt = ({ sku, images }: SkuInput) => {
    for (const [place, image] of images.entries()) {
      const path = `skus[${index}].images[${place}].url`;
      const mended = mendAddress(image.url);
      if ('fault' in mended) {
        note(say`an address that ${mended.fault}`, path, image.url, sku);
        continue;
      }
      if (mended.mended !== undefined)
        note(say`an address that was mended (${mended.mended})`, path, image.url, sku);
      image.url = mended.url;
      const forbidden = outgoing && forbiddenReason(mended.url, outgoing);
      if (forbidden) note(say`an address that cannot be fetched: ${forbidden}`, path, image.url, sku);
    }
    index += 1;
  };
  return {
    async look(skus) {
      for await (const chunk of inChunks(skus)) for (const sku of chunk) lookAt(sku);
    },
    warnings: () =>
      [...found.values()].map(({ said, path, address, codes }) => {
        const first = JSON.stringify(address.slice(0, 80));
        const about = codes.size === 1 ? say`has ${said}, first ${first}` : say`have ${said}, first ${first}`;
        return warningAbout(path, [...codes], about);
      }),
  };
}

function forbiddenReason(url: string, outgoing: RouteContext['outgoing']): string | Said | null {
  if (!/^https?:/i.test(url)) return null;
  try {
    outgoing.check(new URL(url));
    return null;
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    return saidBy(error);
  }
}
