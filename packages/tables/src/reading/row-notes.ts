import { type Sentence, say } from '@image-studio/contract';
import type { Note } from '../table.ts';

/** Something that was left out, cut, mended or doubtful: as `Note`, and which SKUs it concerns. */
export interface TableWarning extends Note {
  skus?: number;
  examples?: string[];
}

export interface RowNote {
  /** Notes of one kind are told one by one up to a bound, and then together. */
  kind: string;
  line: number;
  message: string;
  /** The message for other languages. */
  sentence?: Sentence;
  sku?: string | undefined;
  /** Something was lost or is wrong: with `strict`, a fault. */
  isFault: boolean;
}

export interface RowNotes {
  add(note: RowNote): void;
  warnings(): TableWarning[];
  faults(): Note[];
}

/** Notes of one kind that are told each with its line. */
const TOLD_SINGLY = 10;
const MAX_LINES_NAMED = 8;
const MAX_EXAMPLES = 5;

interface Kind {
  first: RowNote[];
  more: number;
  moreLines: number[];
  moreSkus: string[];
  last?: RowNote;
}

/** Collects notes; 10,000 rows with the same fault are told in eleven sentences. */
export function createRowNotes(): RowNotes {
  const kinds = new Map<string, Kind>();
  return {
    add(note) {
      const kind = kinds.get(note.kind) ?? { first: [], more: 0, moreLines: [], moreSkus: [] };
      kinds.set(note.kind, kind);
      if (kind.first.length < TOLD_SINGLY) {
        kind.first.push(note);
        return;
      }
      kind.more += 1;
      kind.last = note;
      if (kind.moreLines.length < MAX_LINES_NAMED) kind.moreLines.push(note.line);
      if (note.sku !== undefined && kind.moreSkus.length < MAX_EXAMPLES) kind.moreSkus.push(note.sku);
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
