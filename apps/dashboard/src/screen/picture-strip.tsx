import { localUrl } from '../sku/local-url.ts';
import { slotName } from '../text/slot-name.ts';
import { translate } from '../text/translate.ts';
import type { ShownPicture } from './shown-picture.ts';

/** All pictures of a SKU; the one that the keys are about is marked. */
export function PictureStrip(props: {
  pictures: readonly ShownPicture[];
  current: ShownPicture;
  self: string | undefined;
  onShow: (slot: string) => void;
}) {
  const { pictures, current, self, onShow } = props;
  if (pictures.length < 2) return null;
  return (
    <ul class="strip" aria-label={translate('allOfSku')}>
      {pictures.map(({ slot, url, thumbUrl, decision, failing }) => (
        <li key={slot}>
          <button
            type="button"
            aria-pressed={slot === current.slot}
            aria-label={[slotName(slot), ...(decision ? [translate(decision)] : [])].join(', ')}
            onClick={() => onShow(slot)}
          >
            <img src={localUrl(thumbUrl ?? url, self)} alt="" />
            <span
              class={
                decision
                  ? `strip-mark strip-${decision}`
                  : failing.length > 0
                    ? 'strip-mark strip-failing'
                    : 'strip-mark'
              }
              aria-hidden="true"
            >
              {decision === 'approved' ? '✓' : decision === 'rejected' ? '✕' : failing.length > 0 ? '!' : ''}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
