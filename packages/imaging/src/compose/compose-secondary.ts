import type { FinishSpec } from '../finish-spec.ts';
import type { Raster } from '../raster/raster.ts';
import { type Composed, compositionOf } from './composition.ts';
import { frameSecondary } from './frame-secondary.ts';

/** A secondary picture keeps its background: it is only brought to its size. */
export async function composeSecondary(answer: Raster, { width, height }: FinishSpec): Promise<Composed> {
  const frame = compositionOf(await frameSecondary(answer, width, height));
  return { frame, checks: [], notes: {}, scene: undefined, productShare: undefined, cutAt: [] };
}
