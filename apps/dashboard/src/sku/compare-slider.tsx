import { useState } from 'preact/hooks';
import { translate } from '../text/translate.ts';
import './compare-slider.css';

/** Supplier photo and result on top of each other; a slider, for finger, mouse and arrow keys, uncovers either. */
export function CompareSlider(props: { before: string | null; after: string; name: string }) {
  const { before, after, name } = props;
  const [percent, setPercent] = useState(50);
  const [isBroken, setBroken] = useState(false);
  const hasBefore = before !== null && !isBroken;
  return (
    <figure class="compare" style={{ '--cut': `${hasBefore ? percent : 0}%` }}>
      <img class="compare-after" src={after} alt={`${name}: ${translate('after')}`} decoding="async" />
      {hasBefore && (
        <>
          <img
            class="compare-before"
            src={before}
            alt={`${name}: ${translate('before')}`}
            decoding="async"
            referrerpolicy="no-referrer"
            onError={() => setBroken(true)}
          />
          <span class="compare-line" aria-hidden="true" />
          <input
            type="range"
            min={0}
            max={100}
            value={percent}
            aria-label={translate('compare')}
            // Who has dragged it does not mean it by the arrow keys that follow.
            onPointerUp={(event) => event.currentTarget.blur()}
            onInput={(event) => setPercent(event.currentTarget.valueAsNumber)}
          />
          <figcaption class="compare-name compare-name-before">{translate('before')}</figcaption>
        </>
      )}
      <span class="compare-name compare-name-after" aria-hidden="true">
        {translate('after')}
      </span>
    </figure>
  );
}
