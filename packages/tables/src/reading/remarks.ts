import { type Sentence, say } from '@image-studio/contract';
import type { Note } from '../table.ts';

/** Something that was left out, cut, mended or doubtful: as `Note`, and which SKUs it concerns. */
export interface TableWarning extends Note {
  skus?: number;
  examples?: string[];
}

export interface Remark {
  /** Remarks of one kind are told one by one up to a bound, and then together. */
  kind: string;
  line: number;
  message: string;
  /** The message for other languages. */
  sentence?: Sentence;
  sku?: string | undefined;
  /** Something was lost or is wrong: with `strict`, a fault. */
  isFault: boolean;
}

export interface Remarks {
  add(remark: Remark): void;
  warnings(): TableWarning[];
  faults(): Note[];
}

/** Remarks of one kind that are told each with its line. */
const TOLD_SINGLY = 10;
const MAX_LINES_NAMED = 8;
const MAX_EXAMPLES = 5;

interface Kind {
  first: Remark[];
  more: number;
  moreLines: number[];
  moreSkus: string[];
  last?: Remark;
}

/** Collects remarks; 10,000 rows with the same fault are told in eleven sentences. */
export function createRemarks(): Remarks {
  const kinds = new Map<string, Kind>();
  return {
    add(remark) {
      const kind = kinds.get(remark.kind) ?? { first: [], more: 0, moreLines: [], moreSkus: [] };
      kinds.set(remark.kind, kind);
      if (kind.first.length < TOLD_SINGLY) {
        kind.first.push(remark);
        return;
      }
      kind.more += 1;
      kind.last = remark;
      if (kind.moreLines.length < MAX_LINES_NAMED) kind.moreLines.push(remark.line);
      if (remark.sku !== undefined && kind.moreSkus.length < MAX_EXAMPLES) kind.moreSkus.push(remark.sku);
    },
    warnings: () => [...kinds.values()].flatMap((kind) => told(kind)),
    faults: () => [...kinds.values()].filter(({ first }) => first[0]?.isFault).flatMap((kind) => told(kind)),
  };
}

function told({ first, more, moreLines, moreSkus, last }: Kind): TableWarning[] {
  const single = first.map(({ line, message, sentence, sku }) => ({
    path: `line ${line}`,
    message,
    ...(sentence && { sentence }),
    ...(sku !== undefined && sku !== '' && { skus: 1, examples: [sku] }),
  }));
  if (more === 0 || last === undefined) return single;
  const path = `lines ${moreLines.join(', ')}${more > moreLines.length ? ', …' : ''}`;
  const { message, sentence } = last;
  const lastOne = sentence ? { message, sentence } : message;
  const said = say`${more} more of the same kind; the last one, line ${last.line}, ${lastOne}`;
  return [...single, { path, ...said, skus: more, ...(moreSkus.length > 0 && { examples: moreSkus }) }];
}
