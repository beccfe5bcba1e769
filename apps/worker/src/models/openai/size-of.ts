import { openaiSize } from '@image-studio/planning';
import { ModelError, type ModelRequest } from '../image-model.ts';

/** `size` of a request. Throws `ModelError` `badRequest`. */
export function sizeOf({ aspectRatio, imageSize }: Pick<ModelRequest, 'aspectRatio' | 'imageSize'>): string {
  try {
    const { width, height } = openaiSize(aspectRatio, imageSize);
    return `${width}x${height}`;
  } catch (cause) {
    throw new ModelError('badRequest', `the model cannot draw at ${aspectRatio}`, { cause });
  }
}
