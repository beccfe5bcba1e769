import type { ImageView } from '@image-studio/contract';
import { formatBytes, formatUsd } from '../text/format.ts';
import { translate } from '../text/translate.ts';
import { Picture } from '../ui/picture.tsx';
import { ChecksTable } from './checks-table.tsx';
import { localUrl } from './local-url.ts';
import { sourcePicture } from './source-picture.ts';
import './image-details.css';

/** One finished picture: before and after, its facts, its checks, its prompt. */
export function ImageDetails({ image, self }: { image: ImageView; self: string | undefined }) {
  const url = localUrl(image.url, self);
  const facts = [
    `${image.width} × ${image.height}`,
    image.format.toUpperCase(),
    formatBytes(image.bytes),
    formatUsd(image.costUsd),
    ...(image.reused ? [translate('reused')] : []),
    `${translate('model')}: ${image.model}`,
  ];
  return (
    <section class="image-details">
      <h2>{translate(image.kind)}</h2>
      <div class="image-details-pair">
        <Picture
          url={sourcePicture(image, self, location.origin)}
          alt={translate('before')}
          caption={translate('before')}
        />
        <Picture url={url} alt={translate('after')} caption={translate('after')} />
      </div>
      <p class="small soft">{facts.join(' · ')}</p>
      <p class="small image-details-links">
        <a href={url} target="_blank" rel="noreferrer">
          {translate('openImage')}
        </a>
        {/^https?:/i.test(image.sourceUrl) && (
          <a href={image.sourceUrl} target="_blank" rel="noreferrer">
            {translate('openSource')}
          </a>
        )}
      </p>
      {image.checks.length > 0 && <ChecksTable checks={image.checks} />}
      {image.prompt && (
        <details class="small">
          <summary>{translate('prompt')}</summary>
          <p class="image-details-prompt">{image.prompt}</p>
        </details>
      )}
    </section>
  );
}
