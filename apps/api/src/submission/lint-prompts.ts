import { type BatchOptions, SecondaryKind, type SkuInput } from '@image-studio/contract';
import { attributeOf, planCaptions, promptVariables, secondaryKinds } from '@image-studio/planning';
import type { FaultList } from './fault-list.ts';
import { nearMatches } from './near-matches.ts';
import { type Warning, warningAbout } from './warning.ts';

/** A variable that every SKU has: its code. */
const BUILT_IN = new Set(['sku']);

/**
 * Looks at the variables of all texts of a submission: one that no SKU has an attribute for is a fault, one that some
 * lack a warning, because the sentence around it is left out for them.
 */
export function lintPrompts(options: BatchOptions, skus: readonly SkuInput[], faults: FaultList): Warning[] {
  const texts = textsOf(options);
  if (texts.length === 0) return [...warnOfPackaging(options, skus), ...warnOfCaptions(options, skus)];
  const warnings: Warning[] = [];
  for (const { path, text } of texts) {
    const { names, isBroken } = promptVariables(text);
    if (isBroken) faults.add({ path, message: 'has braces that do not make a variable such as {{title}}' });
    for (const name of names.filter((one) => !BUILT_IN.has(one))) {
      const lacking = skus.filter(({ attributes = {} }) => attributeOf(attributes, name) === '');
      if (lacking.length === skus.length) faults.add({ path, message: describeUnknown(name, skus) });
      else if (lacking.length > 0) {
        const message = `have no attribute ${JSON.stringify(name)}: the sentence with {{${name}}} is left out for them`;
        warnings.push(
          warningAbout(
            path,
            lacking.map(({ sku }) => sku),
            lacking.length === 1 ? message.replace('have', 'has').replace('them', 'it') : message,
          ),
        );
      }
    }
  }
  return [
    ...warnings,
    ...warnOfUnusedKinds(options),
    ...warnOfPackaging(options, skus),
    ...warnOfCaptions(options, skus),
  ];
}

interface Text {
  path: string;
  text: string;
}

function textsOf({ main, secondary }: BatchOptions): Text[] {
  const texts: { path: string; text: string | undefined }[] = [];
  if (typeof main === 'object') {
    texts.push(
      { path: 'main.prompt', text: main.prompt },
      { path: 'main.extraPrompt', text: main.extraPrompt },
    );
  }
  if (secondary !== false) {
    texts.push({ path: 'secondary.prompt', text: secondary.prompt });
    for (const kind of SecondaryKind.options) {
      texts.push({ path: `secondary.prompts.${kind}`, text: secondary.prompts?.[kind] });
    }
    texts.push({ path: 'secondary.extraPrompt', text: secondary.extraPrompt });
  }
  return texts.filter((one): one is Text => one.text !== undefined && one.text.trim() !== '');
}

function describeUnknown(name: string, skus: readonly SkuInput[]): string {
  const known = new Set(skus.flatMap(({ attributes }) => Object.keys(attributes ?? {})));
  const near = nearMatches(name, [...known, ...BUILT_IN]);
  const start = `names {{${name}}}, an attribute that no SKU has`;
  if (near.length > 0) return `${start}; did you mean ${near.map((one) => `{{${one}}}`).join(' or ')}?`;
  const some = [...known].slice(0, 10).map((one) => `{{${one}}}`);
  return some.length > 0 ? `${start}; there are ${some.join(', ')}` : `${start}; they have none at all`;
}

function warnOfUnusedKinds(options: BatchOptions): Warning[] {
  if (options.secondary === false) return [];
  const made = new Set(secondaryKinds(options));
  const unused = SecondaryKind.options.filter((kind) => {
    const text = options.secondary !== false && options.secondary.prompts?.[kind];
    return text !== undefined && !made.has(kind);
  });
  return unused.map((kind) => ({
    path: `secondary.prompts.${kind}`,
    message: `is for pictures of the kind ${kind}, of which none is asked for`,
  }));
}

/** File names of photos that show a package. */
const READS_AS_PACKAGING = /(?<![a-z])(pack(age|aging|ed)?|box(ed)?|carton)(?![a-z])|包装|外盒|彩盒/iu;

/** A packaging picture needs a photo of the packaging; without one the model may only show a plain box. */
function warnOfPackaging(options: BatchOptions, skus: readonly SkuInput[]): Warning[] {
  if (!secondaryKinds(options).includes('packaging')) return [];
  const lacking = skus.filter(
    ({ images }) =>
      !images.some(({ url, name = '', stem = '' }) =>
        READS_AS_PACKAGING.test([url.split('/').at(-1), name, stem].join(' ')),
      ),
  );
  if (lacking.length === 0) return [];
  const message = `with no photo that reads as one of the packaging: the picture will show a plain box`;
  return [
    warningAbout(
      'secondary.kinds',
      lacking.map(({ sku }) => sku),
      message,
    ),
  ];
}

/** An infographic is written from attributes; without any it carries no text. */
function warnOfCaptions(options: BatchOptions, skus: readonly SkuInput[]): Warning[] {
  const written = (['infographic', 'scale'] as const).filter((kind) =>
    secondaryKinds(options).includes(kind),
  );
  return written.flatMap((kind) => {
    const lacking = skus.filter((sku) => planCaptions(kind, sku, options.language) === null);
    if (lacking.length === 0) return [];
    const wanted = kind === 'scale' ? '"dimensions"' : '"title" or "feature"';
    const message = `with no attribute such as ${wanted}: nothing will be written on the ${kind} picture`;
    return [
      warningAbout(
        'secondary.kinds',
        lacking.map(({ sku }) => sku),
        message,
      ),
    ];
  });
}
