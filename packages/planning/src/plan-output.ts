import {
  type BatchOptions,
  findProfile,
  type OutputSpec,
  type Profile,
  StageError,
} from '@image-studio/contract';
import type { ImageSize, ModelCapabilities } from './model-capabilities.ts';

/** What a batch wants its files to be: the profile's numbers, overridden by an explicit output. */
export interface OutputPlan extends OutputSpec {
  quality: number;
  fill: Profile['fill'];
}

/** @throws StageError INTERNAL for a profile that is not known any more (the API refuses unknown ones). */
export function planOutput(options: BatchOptions): OutputPlan {
  const profile = findProfile(options.profile);
  if (!profile) {
    throw new StageError('INTERNAL', `the profile ${JSON.stringify(options.profile)} is not known`, {
      verdict: 'fail',
    });
  }
  const { output } = options;
  if (!output) {
    const { width, height, format, quality, maxBytes, fill } = profile;
    return { width, height, format, quality, maxBytes, fill };
  }
  // A marketplace's limit holds for whatever is sent there; `web` has its limit for its own size and format only.
  const maxBytes = output.maxBytes ?? (profile.accepts ? profile.maxBytes : undefined);
  return {
    ...output,
    quality: output.quality ?? profile.quality,
    ...(maxBytes === undefined ? {} : { maxBytes }),
    fill: profile.fill,
  };
}

/** Long side of each size that models offer, in pixels. */
const SIZE_PIXELS: Record<ImageSize, number> = { '1K': 1024, '2K': 2048, '4K': 4096 };
/** A picture may be enlarged this much before the next, dearer size is asked for. */
const MAX_ENLARGEMENT = 1.1;

/** What to ask the model for, so that finishing crops and scales as little as possible. */
export function askFor(
  output: Pick<OutputPlan, 'width' | 'height'>,
  capabilities: Pick<ModelCapabilities, 'aspectRatios' | 'imageSizes'>,
): { aspectRatio: string; imageSize: ImageSize } {
  const wanted = Math.log(output.width / output.height);
  const distance = (ratio: string) => {
    const [width = 1, height = 1] = ratio.split(':').map(Number);
    return Math.abs(Math.log(width / height) - wanted);
  };
  const aspectRatio = [...capabilities.aspectRatios].sort((a, b) => distance(a) - distance(b))[0] ?? '1:1';
  const longSide = Math.max(output.width, output.height);
  const sizes = capabilities.imageSizes;
  const imageSize =
    sizes.find((size) => SIZE_PIXELS[size] * MAX_ENLARGEMENT >= longSide) ?? sizes.at(-1) ?? '1K';
  return { aspectRatio, imageSize };
}
