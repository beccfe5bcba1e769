import type { ImageView } from '@image-studio/contract';
import type { Decision } from '../review/review-desk.ts';
import { formatBytes, formatCount, formatTime, formatUsd } from '../text/format.ts';
import { language, translate } from '../text/translate.ts';
import { ChecksTable } from './checks-table.tsx';
import { CompareSlider } from './compare-slider.tsx';
import { localUrl } from './local-url.ts';
import { sourcePicture } from './source-picture.ts';
import './image-details.css';

/** One finished picture: before and after, the decision about it, its facts, its checks, its prompt. */
export function ImageDetails(props: {
  image: ImageView;
  self: string | undefined;
  /** The one that the keys are about. */
  isCurrent: boolean;
  onDecide: (decision: Decision) => void;
}) {
  const { image, self, isCurrent, onDecide } = props;
  const url = localUrl(image.url, self);
  return (
    <section class={isCurrent ? 'image-details image-details-current' : 'image-details'}>
      <div class="image-details-head">
        <h2>{translate(image.kind)}</h2>
        {image.review && (
          <span class={`verdict verdict-${image.review.decision}`}>{translate(image.review.decision)}</span>
        )}
        <span class="image-details-actions">
          {(['approve', 'reject', 'regenerate'] as const).map((decision) => (
            <button
              key={decision}
              type="button"
              aria-keyshortcuts={isCurrent ? decision[decision === 'regenerate' ? 2 : 0] : undefined}
              onClick={() => onDecide(decision)}
            >
              {translate(decision === 'regenerate' ? 'regenerateEllipsis' : decision)}
            </button>
          ))}
        </span>
      </div>
      <CompareSlider
        before={sourcePicture(image, self, location.origin)}
        after={url}
        name={translate(image.kind)}
      />
      <p class="small soft">{factsOf(image).join(' · ')}</p>
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
    ...(image.tries?.length ? [translate('tries', { n: formatCount(image.tries.length) })] : []),
  ];
}
