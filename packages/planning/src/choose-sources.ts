import type { SkuInput, SourceImage } from '@image-studio/contract';
import { isUploaded } from './is-uploaded.ts';
import { readsAsMain } from './reads-as-main.ts';
import { sourceName } from './source-name.ts';
import type { SourceRef } from './source-ref.ts';

/** A photo of the front is the better main picture when nothing says which one is. */
const READS_AS_FRONT = /(?<![a-z])front(?![a-z])|正面/iu;

/**
 * Decides which of a SKU's photos the main image is made from. Photos in the `given` order stay in it, and the first is
 * the main one. All others are sorted by name in code-point order, as the original did (equal names keep their order);
 * the main one is the first whose stem reads as a main one, else the first that reads as a front view, else the first.
 * `photo`, the address of one of them, is the main one whatever else holds.
 */
export function chooseSources(
  { images, photoOrder }: Pick<SkuInput, 'images' | 'photoOrder'>,
  photo?: string,
): { main: SourceRef; others: SourceRef[] } {
  const refs = images.map(toRef);
  const chosen = refs.find(({ url }) => url === photo);
  if (chosen) {
    const others = photoOrder === 'given' ? refs : sortByName(refs);
    return { main: chosen, others: others.filter((ref) => ref !== chosen) };
  }
  const [first, ...others] = refs;
  // Uploaded photos have no name but what the client gives them: without any, their order is all that is known.
  const isNameless = images.every(({ url, name, stem }) => isUploaded(url) && !name && !stem);
  if ((photoOrder === 'given' || isNameless) && first) return { main: first, others };
  const sorted = sortByName(refs);
  const main =
    sorted.find((ref) => readsAsMain(ref.stem)) ??
    sorted.find((ref) => READS_AS_FRONT.test(ref.stem)) ??
    sorted[0];
  if (!main) throw new RangeError('a SKU needs at least one source image');
  return { main, others: sorted.filter((ref) => ref !== main) };
}

function sortByName(refs: SourceRef[]): SourceRef[] {
  return refs.toSorted((a, b) => compareCodePoints(a.name, b.name));
}

function toRef(image: SourceImage, index: number): SourceRef {
  const name = image.name || sourceName(isUploaded(image.url) ? '' : image.url, index + 1);
  return { url: image.url, name, stem: image.stem || withoutExtension(name) };
}

/** `.tar.gz` loses `.gz`, `.hidden` nothing, and `SKU1.5` keeps its `.5`: a number is no file type. */
function withoutExtension(name: string): string {
  return name.replace(/(?<=.)\.(?=[a-z0-9]*[a-z])[a-z0-9]{1,5}$/iu, '');
}

/** UTF-8 sorts like code points; JavaScript's own `<` compares UTF-16 units and puts emoji before `ﬁ`. */
function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
