import {
  type BatchOptions,
  type Said,
  SecondaryKind,
  type SkuInput,
  type SourceImage,
  say,
} from '@image-studio/contract';
import { attributesPresent, planCaptions, promptVariables, secondaryKinds } from '@image-studio/planning';
import { inChunks } from '../http/in-chunks.ts';
import type { FaultList } from './fault-list.ts';
import { nearMatches } from './near-matches.ts';
import { type Warning, warningAbout } from './warning.ts';

/** A variable that every SKU has: its code. */
const BUILT_IN = new Set(['sku']);

/** More than any prompt needs; each is looked up in every SKU. */
const MAX_VARIABLES = 50;
/** SKUs looked at between two turns of the event loop: 10 ms with as many variables as there may be. */
const CHUNK = 20;
/** Attribute names that a mistaken one is compared with. */
const MAX_KNOWN = 200;

/** Looks at the variables of all texts of a submission, of which the SKUs may come bit by bit. */
export interface PromptLint {
  /** Others are served meanwhile. */
  look(skus: readonly SkuInput[]): Promise<void>;
  /**
   * A variable that no SKU has an attribute for is a fault, one that some lack a warning, because the sentence around it is
   * left out for them.
   */
  conclude(): Warning[];
}

export function createPromptLint(options: BatchOptions, faults: FaultList): PromptLint {
  const texts = textsOf(options);
  const variables = texts.flatMap((text) => variablesOf(text, faults));
  const others = [...packagingSearch(options), ...captionSearches(options)];
  const searches = [...variables, ...others];
  const known = new Set<string>();
  let count = 0;
  const lookAt = (sku: SkuInput) => {
    const { attributes = {} } = sku;
    for (const name in attributes) if (known.size < MAX_KNOWN) known.add(name);
    const has = attributesPresent(attributes);
    for (const { lacks, lacking } of searches) if (lacks(sku, has)) lacking.push(sku.sku);
  };
  return {
    async look(skus) {
      count += skus.length;
      if (searches.length === 0) return;
      for await (const chunk of inChunks(skus, CHUNK)) for (const sku of chunk) lookAt(sku);
    },
    conclude() {
      const warnings: Warning[] = [];
      for (const { path, name, lacking } of variables) {
        // Of a feed that is yet to be fetched there are no SKUs.
        if (count > 0 && lacking.length === count && !faults.full) {
          faults.add({ path, ...describeUnknown(name, [...known]) });
        } else if (lacking.length > 0) {
          warnings.push(warningAbout(path, lacking, lackingAttribute(name, lacking.length)));
        }
      }
      if (texts.length > 0) warnings.push(...warnOfUnusedKinds(options));
      for (const { about, lacking } of others) {
        if (lacking.length > 0) warnings.push(warningAbout('secondary.kinds', lacking, about));
      }
      return warnings;
    },
  };
}

/** Something that each SKU has or lacks; the codes of those that lack it. */
interface Search {
  lacks(sku: SkuInput, has: (name: string) => boolean): boolean;
  lacking: string[];
}

function lackingAttribute(name: string, skus: number): Said {
  const quoted = JSON.stringify(name);
  return skus === 1
    ? say`has no attribute ${quoted}: the sentence with {{${name}}} is left out for it`
    : say`have no attribute ${quoted}: the sentence with {{${name}}} is left out for them`;
}

function variablesOf({ path, text }: Text, faults: FaultList): (Search & { path: string; name: string })[] {
  const { names, isBroken } = promptVariables(text);
  if (isBroken) faults.add({ path, ...say`has braces that do not make a variable such as {{title}}` });
  if (names.length > MAX_VARIABLES) {
    faults.add({ path, ...say`has ${names.length} variables, the limit is ${MAX_VARIABLES}` });
    return [];
  }
  return names
    .filter((name) => !BUILT_IN.has(name))
    .map((name) => ({ path, name, lacks: (_, has) => !has(name), lacking: [] }));
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

function describeUnknown(name: string, known: readonly string[]): Said {
  const near = nearMatches(name, [...known, ...BUILT_IN]);
  const start = say`names {{${name}}}, an attribute that no SKU has`;
  const list = (names: readonly string[]) => names.map((one) => `{{${one}}}`).join(', ');
  if (near.length > 0) return say`${start}; did you mean ${list(near)}?`;
  const some = known.slice(0, 10);
  return some.length > 0 ? say`${start}; there are ${list(some)}` : say`${start}; they have none at all`;
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
    ...say`is for pictures of the kind ${kind}, of which none is asked for`,
  }));
}

/** File names of photos that show a package. */
const READS_AS_PACKAGING = /(?<![a-z])(pack(age|aging|ed)?|box(ed)?|carton)(?![a-z])|包装|外盒|彩盒/iu;

/** A packaging picture needs a photo of the packaging; without one the model may only show a plain box. */
function packagingSearch(options: BatchOptions): (Search & { about: Said })[] {
  if (!secondaryKinds(options).includes('packaging')) return [];
  return [
    {
      lacks: ({ images }) => !images.some(readsAsPackaging),
      lacking: [],
      about: say`with no photo that reads as one of the packaging: the picture will show a plain box`,
    },
  ];
}

function readsAsPackaging({ url, name = '', stem = '' }: SourceImage): boolean {
  return READS_AS_PACKAGING.test([url.split('/').at(-1), name, stem].join(' '));
}

/** An infographic is written from attributes; without any it carries no text. */
function captionSearches(options: BatchOptions): (Search & { about: Said })[] {
  const written = (['infographic', 'scale'] as const).filter((kind) =>
    secondaryKinds(options).includes(kind),
  );
  return written.map((kind) => {
    const wanted = kind === 'scale' ? '"dimensions"' : '"title" or "feature"';
    return {
      lacks: (sku) => planCaptions(kind, sku, options.language) === null,
      lacking: [],
      about: say`with no attribute such as ${wanted}: nothing will be written on the ${kind} picture`,
    };
  });
}
