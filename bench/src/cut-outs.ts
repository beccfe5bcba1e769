import sharp from 'sharp';
import { BACKGROUNDS, type BackgroundName, drawComposite } from './cut-outs/draw-composite.ts';
import { type CutVerdict, judgeCut } from './cut-outs/judge-cut.ts';
import { fetchProducts, PRODUCTS } from './cut-outs/products.ts';

/**
 * `npm run bench -- cut-outs`: 224 composites whose right cut-out is known, each of 56 products on four of eight backgrounds,
 * cut as the local engine cuts photos. Prints how many cuts are right, and the share of those called sure that are wrong.
 */
export async function benchCutOuts(): Promise<void> {
  sharp.concurrency(1);
  sharp.cache(false);
  const assets = fetchProducts();
  const verdicts: (CutVerdict & { background: BackgroundName })[] = [];
  const names = Object.keys(BACKGROUNDS) as BackgroundName[];
  for (const [p, product] of PRODUCTS.entries()) {
    for (const [g, background] of names.entries()) {
      if ((p + g) % 2 !== 0) continue;
      const composite = await drawComposite(assets, product, background, 1 + p * names.length + g);
      verdicts.push({ ...(await judgeCut(composite)), background });
    }
  }
  console.table(
    Object.fromEntries(
      names.map((name) => [name, figures(verdicts.filter(({ background }) => background === name))]),
    ),
  );
  const { sure, 'sure but wrong': wrong, right } = figures(verdicts);
  console.log(
    `${right} of ${verdicts.length} right and sure; ${((100 * wrong) / sure).toFixed(1)} % of the cuts called sure are wrong`,
  );
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
