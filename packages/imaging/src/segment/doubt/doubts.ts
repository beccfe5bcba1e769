import { hidesBackground } from '../background/fill-holes.ts';
import type { Segmentation } from '../segmentation.ts';
import { doubtEdges } from './doubt-edges.ts';
import { isRagged } from './is-ragged.ts';
import { secondOpinion } from './second-opinion.ts';

/** Looks at a cut on the map and says what may be wrong with it; `null` when nothing is. */
export type Doubt = (cut: Segmentation) => string | null;

/** Why a cut may be a poor one; the first that holds is said. */
export const DOUBTS: readonly Doubt[] = [doubtHoles, doubtRaggedness, doubtEdges];

/** The doubts of photos, whose shadow was removed: a second cut, by plain rules, finds wrong cuts that the others miss (docs/decisions/0033-a-second-plainer-cut.md). */
export const PHOTO_DOUBTS: readonly Doubt[] = [...DOUBTS, secondOpinion];

/** The first doubt that holds, in words; `null` when the cut can be trusted. A cut-out with alpha is taken at its word. */
export function firstDoubt(cut: Segmentation, doubts: readonly Doubt[]): string | null {
  if (cut.fromAlpha) return null;
  for (const doubt of doubts) {
    const reason = doubt(cut);
    if (reason !== null) return reason;
  }
  return null;
}

function doubtHoles(cut: Segmentation): string | null {
  return hidesBackground(cut)
    ? 'a part of the cut-out looks just like the background: it may be a hole'
    : null;
}

function doubtRaggedness(cut: Segmentation): string | null {
  return isRagged(cut) ? 'the outline of the cut-out is ragged: parts of the product may be missing' : null;
}
