import type { AuditRule, FaultView, SkuInput } from '@image-studio/contract';
import type { AuditedPicture, StudioApi } from '@image-studio/queue';
import { viewFault } from './view-audit.ts';

/** Which faults are meant. */
export interface FaultFilter {
  profile?: string | undefined;
  rules?: readonly AuditRule[] | undefined;
  /** Faults from a later day on are not (ISO date). */
  until?: string | undefined;
  /** Also what is only advised. */
  advised?: boolean | undefined;
}

/** A picture that has some of them. */
export interface FaultyPicture {
  faults: FaultView[];
  /** No picture can be made of it: it did not come, is none, or says that there is none. */
  isUseless: boolean;
  isMain: boolean;
}

/** A SKU that shows such pictures, by their addresses. */
export interface FailingSku {
  sku: SkuInput;
  pictures: ReadonlyMap<string, FaultyPicture>;
}

type Port = Pick<StudioApi, 'auditPictures' | 'auditSkus'>;

/** Pictures, or SKUs, that are read in one piece. */
const PAGE = 500;

/** The pictures of an audit that have faults, by their addresses. */
export async function faultyPictures(
  api: Port,
  id: string,
  filter: FaultFilter,
  today: string,
): Promise<Map<string, FaultyPicture>> {
  const found = new Map<string, FaultyPicture>();
  let cursor: number | null = 0;
  while (cursor !== null) {
    const page: { items: AuditedPicture[]; nextCursor: number | null } = await api.auditPictures(id, {
      cursor,
      limit: PAGE,
      profile: filter.profile,
    });
    for (const { url, isMain, result } of page.items) {
      const faults = (result?.faults ?? [])
        .map((fault) => viewFault(fault, today))
        .filter((fault) => isMeant(fault, filter));
      const { link, image, placeholder } = result?.measures ?? {};
      const isUseless = link !== undefined || image !== undefined || placeholder === true;
      if (faults.length > 0) found.set(url, { faults, isUseless, isMain });
    }
    cursor = page.nextCursor;
  }
  return found;
}

function isMeant(fault: FaultView, { profile, rules, until, advised }: FaultFilter): boolean {
  if (profile !== undefined && fault.profile !== profile) return false;
  if (rules !== undefined && !rules.includes(fault.rule)) return false;
  if (until !== undefined && fault.from !== null && fault.from > until) return false;
  return fault.level === 'refused' || advised === true || rules !== undefined;
}

/** SKUs that show one of these pictures, in the order of the table. */
export async function* failingSkus(
  api: Port,
  id: string,
  total: number,
  faulty: ReadonlyMap<string, FaultyPicture>,
): AsyncGenerator<FailingSku> {
  for (let from = 0; from < total; from += PAGE) {
    const places = Array.from({ length: Math.min(PAGE, total - from) }, (_, at) => from + at);
    for (const sku of await api.auditSkus(id, places)) {
      const pictures = new Map(
        sku.images.flatMap(({ url }) => {
          const known = faulty.get(url);
          return known ? [[url, known] as const] : [];
        }),
      );
      if (pictures.size > 0) yield { sku, pictures };
    }
  }
}
