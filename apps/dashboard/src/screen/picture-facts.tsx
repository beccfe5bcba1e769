import type { ImageView } from '@image-studio/contract';
import { localUrl } from '../sku/local-url.ts';
import { formatBytes, formatTime, formatUsd } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';

/** Size, price and origin of a picture, its prompt, and the file itself. */
export function PictureFacts({ image, self }: { image: ImageView; self: string | undefined }) {
  return (
    <section class="panel-part small">
      <p class="soft">{factsOf(image).join(' · ')}</p>
      <p>
        <a href={localUrl(image.url, self)} target="_blank" rel="noreferrer">
          {translate('openImage')}
        </a>
      </p>
      {image.prompt && (
        <details>
          <summary>{translate('prompt')}</summary>
          <p class="picture-prompt">{image.prompt}</p>
        </details>
      )}
    </section>
  );
}

function factsOf(image: ImageView): string[] {
  return [
    `${image.width} × ${image.height}`,
    image.format.toUpperCase(),
    formatBytes(image.bytes),
    image.reused ? translate('reused') : translate('paid', { cost: formatUsd(image.costUsd) }),
    `${translate('model')}: ${image.model}`,
    ...(image.createdAt
      ? [translate('createdAt', { time: formatTime(image.createdAt, language.get()) })]
      : []),
    ...(image.adjustment ? [translate('movedByHand')] : []),
  ];
}
