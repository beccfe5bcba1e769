import { defined } from '@image-studio/contract';
import type { GeminiModel } from '@image-studio/planning';
import type { ModelRequest } from '../image-model.ts';

/** What a request says of the picture that it asks for. */
export function pictureConfig(
  { aspectRatio, imageSize, temperature }: Pick<ModelRequest, 'aspectRatio' | 'imageSize' | 'temperature'>,
  { sendsImageSize }: Pick<GeminiModel, 'sendsImageSize'>,
): object {
  const imageConfig = { aspectRatio, ...(sendsImageSize && { imageSize }) };
  return { responseModalities: ['IMAGE'], imageConfig, ...defined({ temperature }) };
}
