import { createHash } from 'node:crypto';
import type { ComparedPicture, Comparison, Picture } from '@image-studio/contract';
import type { SkuEntry } from '@image-studio/queue';
import type { Links } from '../views/links.ts';
import { wilson } from './wilson.ts';

/** A model of a comparison: as batches name it, and as its pictures do. */
export interface ComparedModel {
  alias: string;
  model: string;
}

/** The order in which the models stand for a SKU: the same whenever it is asked for, another one for each SKU. */
export function sidesOf(batchId: string, sku: string, models: readonly ComparedModel[]): ComparedModel[] {
  const rank = ({ alias }: ComparedModel) =>
    createHash('sha256')
      .update(JSON.stringify([batchId, sku, alias]))
      .digest('hex');
  return [...models].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** What each model made of the sample. `choices`: by place of the SKU the alias that was chosen, `''` for none. */
export async function compareSides(
  batchId: string,
  entries: readonly SkuEntry[],
  models: readonly ComparedModel[],
  choices: ReadonlyMap<number, string>,
  { links, isAsked }: { links: Links; isAsked: boolean },
): Promise<Comparison> {
  const skus = await Promise.all(
    entries.map(async (entry) => {
      const { sku } = entry.input;
      const order = sidesOf(batchId, sku, models);
      const sides = await Promise.all(order.map((one) => viewSide(entry, one, links)));
      const chosen = choices.get(entry.index);
      const photo = entry.record.images.find(({ sourceKey }) => sourceKey !== undefined)?.sourceKey;
      return {
        sku,
        ...(photo !== undefined && { photoUrl: await links.object(photo) }),
        sides,
        choice: chosen === undefined ? null : order.findIndex(({ alias }) => alias === chosen) + 1,
      };
    }),
  );
  const open = skus.filter(({ sides, choice }) => choice === null && sides.filter(isMade).length > 1);
  const isOver = open.length === 0 && choices.size > 0;
  return { skus, verdict: isOver || isAsked ? verdictOf(entries, models, choices) : null };
}

const isMade = (side: readonly ComparedPicture[]): boolean => side.length > 0;

/** The first beside the second, among the SKUs in which either was better. */
function verdictOf(
  entries: readonly SkuEntry[],
  models: readonly ComparedModel[],
  choices: ReadonlyMap<number, string>,
): Comparison['verdict'] {
  const chosen = [...choices.values()];
  const ranked = models
    .map((one) => ({
      model: one.alias,
      wins: chosen.filter((alias) => alias === one.alias).length,
      ...totalsOf(entries, one),
    }))
    .sort((a, b) => b.wins - a.wins);
  const [first, second] = ranked;
  const share = wilson(first?.wins ?? 0, (first?.wins ?? 0) + (second?.wins ?? 0));
  return {
    models: ranked,
    equal: chosen.filter((alias) => alias === '').length,
    share,
    isDecided: share !== null && share.low > 0.5,
  };
}

interface Made {
  slot: string;
  picture: Pick<Picture, 'key' | 'thumbKey' | 'model'>;
  costUsd: number;
}

/** Everything that was made of a SKU, oldest first, the listed ones last. */
function madeOf({ record }: SkuEntry): Made[] {
  return record.images.flatMap((image) => {
    const { tries = [], slot = image.kind, costUsd } = image;
    const own = tries.reduce((left, one) => left - one.costUsd, costUsd);
    const dropped = tries.flatMap(({ picture, costUsd: cost }) =>
      picture ? [{ slot, picture, costUsd: cost }] : [],
    );
    return [...dropped, { slot, picture: image, costUsd: own }];
  });
}

async function viewSide(entry: SkuEntry, { model }: ComparedModel, links: Links): Promise<ComparedPicture[]> {
  const bySlot = new Map(
    madeOf(entry)
      .filter(({ picture }) => picture.model === model)
      .map((made) => [made.slot, made]),
  );
  return Promise.all(
    [...bySlot.values()].map(async ({ slot, picture: { key, thumbKey } }) => ({
      url: await links.object(key),
      ...(thumbKey !== undefined && { thumbUrl: await links.object(thumbKey) }),
      slot,
    })),
  );
}

function totalsOf(entries: readonly SkuEntry[], { model }: ComparedModel) {
  const made = entries.flatMap(madeOf).filter(({ picture }) => picture.model === model);
  const usd = made.reduce((sum, { costUsd }) => sum + costUsd, 0);
  return { costUsd: Math.round(usd * 1e4) / 1e4, pictures: made.length };
}
