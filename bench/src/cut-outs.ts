import sharp from 'sharp';
import {
  BACKGROUNDS,
  type BackgroundName,
  type Composite,
  drawComposite,
} from './cut-outs/draw-composite.ts';
import { type CutVerdict, judgeCut } from './cut-outs/judge-cut.ts';
import { judgeNumbers } from './cut-outs/judge-numbers.ts';
import { fetchProducts, PRODUCTS } from './cut-outs/products.ts';

const NAMES = Object.keys(BACKGROUNDS) as BackgroundName[];

/**
 * `npm run bench -- cut-outs [part of a file's name …]`: 224 composites whose right cut-out is known, each of 56 products on four of eight
 * backgrounds, cut as the local engine cuts photos. Prints how many cuts are right, and the share of those called sure that are
 * wrong; of named files of `segment`, how both change with each number of their `THRESHOLDS`.
 */
export async function benchCutOuts(only: string[]): Promise<void> {
  sharp.concurrency(1);
  sharp.cache(false);
  if (only.length > 0) return judgeNumbers(drawComposites(), only);
  const verdicts: (CutVerdict & { background: BackgroundName })[] = [];
  for await (const { background, ...composite } of drawComposites())
    verdicts.push({ ...(await judgeCut(composite)), background });
  console.table(
    Object.fromEntries(
      NAMES.map((name) => [name, figures(verdicts.filter(({ background }) => background === name))]),
    ),
  );
  const { sure, 'sure but wrong': wrong, right } = figures(verdicts);
  console.log(
    `${right} of ${verdicts.length} right and sure; ${((100 * wrong) / sure).toFixed(1)} % of the cuts called sure are wrong`,
  );
}

async function* drawComposites(): AsyncGenerator<Composite & { background: BackgroundName }> {
  const assets = fetchProducts();
  for (const [p, product] of PRODUCTS.entries()) {
    for (const [g, background] of NAMES.entries()) {
      if ((p + g) % 2 !== 0) continue;
      yield {
        ...(await drawComposite(assets, product, background, 1 + p * NAMES.length + g)),
        background,
      };
    }
  }
}

function figures(verdicts: CutVerdict[]) {
  const sure = verdicts.filter(({ isSure }) => isSure);
  const wrong = sure.filter(({ loses, leaves }) => loses || leaves);
  return {
    photos: verdicts.length,
    sure: sure.length,
    right: sure.length - wrong.length,
    'sure but wrong': wrong.length,
    'silent losses': sure.filter(({ loses }) => loses).length,
    'silent left-overs': sure.filter(({ leaves }) => leaves).length,
  };
}
