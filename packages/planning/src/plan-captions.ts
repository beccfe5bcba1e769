import type { BatchOptions, ImageKind, SkuInput } from '@image-studio/contract';
import { attributeOf } from './attribute-of.ts';

/** What is written onto a picture after the model, never by it. */
export interface Captions {
  title: string;
  /** Short statements, at most four. */
  points: string[];
  /** Measures of the product, for a picture that shows its size. */
  dimensions: string;
}

/** More than four points on one picture are not read. */
const MAX_POINTS = 4;
/** Of one point; the layout wraps and shortens what is still too long. */
const MAX_LENGTH = 160;

const LABELS: Record<BatchOptions['language'], Record<'material' | 'dimensions' | 'weight', string>> = {
  en: { material: 'Material: ', dimensions: 'Size: ', weight: 'Weight: ' },
  zh: { material: '材质：', dimensions: '尺寸：', weight: '重量：' },
};

/** One statement each: `feature`, `Bullet 2`, `bullet_point_3`, `卖点1`; or several in one, separated. */
const READS_AS_POINT =
  /^(?:key)?(?:features?|bullets?|bulletpoints?|sellingpoints?|highlights?|卖点|特点|亮点|要点|产品特点)(\d*)$/u;
const SEPARATORS = /[\r\n•●▪|;；]+/u;

/** Captions stand right of the product, but below it in a picture that is clearly taller than wide. */
export function captionsGoBelow({ width, height }: { width: number; height: number }): boolean {
  return height > 1.25 * width;
}

/** The captions of a picture from its SKU's attributes; `null` for kinds that carry none and for SKUs that have none. */
export function planCaptions(
  kind: ImageKind,
  sku: SkuInput,
  language: BatchOptions['language'],
): Captions | null {
  const attributes = sku.attributes ?? {};
  const dimensions = attributeOf(attributes, 'dimensions');
  if (kind === 'scale') return dimensions === '' ? null : { title: '', points: [], dimensions };
  if (kind !== 'infographic') return null;
  const title = attributeOf(attributes, 'title');
  const points = [...ownPoints(attributes), ...factPoints(attributes, language)].slice(0, MAX_POINTS);
  return title === '' && points.length === 0 ? null : { title, points, dimensions: '' };
}

function ownPoints(attributes: Record<string, string>): string[] {
  return Object.entries(attributes)
    .flatMap(([name, value]) => {
      const [match, number = ''] = READS_AS_POINT.exec(name.toLowerCase().replace(/[\s_-]+/g, '')) ?? [];
      return match === undefined ? [] : [{ place: Number(number), value }];
    })
    .sort((a, b) => a.place - b.place)
    .flatMap(({ value }) => value.split(SEPARATORS))
    .map((point) =>
      point
        .replace(/[\s\p{Cc}]+/gu, ' ')
        .trim()
        .slice(0, MAX_LENGTH),
    )
    .filter((point) => point !== '');
}

function factPoints(attributes: Record<string, string>, language: BatchOptions['language']): string[] {
  return (['material', 'dimensions', 'weight'] as const).flatMap((name) => {
    const value = attributeOf(attributes, name);
    return value === '' ? [] : [(LABELS[language][name] + value).slice(0, MAX_LENGTH)];
  });
}
