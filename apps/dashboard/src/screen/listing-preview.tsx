import { localUrl } from '../sku/local-url.ts';
import { slotName } from '../text/slot-name.ts';
import { translate } from '../text/translate.ts';
import type { ShownPicture } from './shown-picture.ts';
import './listing-preview.css';

/**
 * The picture as shoppers meet it: small and between others in the results of a search, and on a phone. The frames are
 * ours, at about the size in CSS pixels of what they stand for; what a listing says beside picture and title is left blank.
 */
export function ListingPreview(props: {
  pictures: readonly ShownPicture[];
  current: ShownPicture;
  attributes: Readonly<Record<string, string>>;
  code: string;
  self: string | undefined;
  onClose: () => void;
}) {
  const { pictures, current, attributes, code, self, onClose } = props;
  const title = attributes.title ?? code;
  // Shops search with main pictures only.
  const found = pictures.find(({ role }) => role === 'main') ?? current;
  const small = localUrl(found.url, self);
  const alt = slotName(found.slot);
  return (
    <div class="preview-room">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it */}
      <section class="preview-frames" tabIndex={0} aria-label={translate('asInShops')}>
        <figure class="preview preview-amazon">
          <div class="preview-page">
            <div class="preview-card">
              <span class="preview-tinted">
                <img src={small} alt={alt} />
              </span>
              <p class="preview-title">{title}</p>
              <Blanks widths={[52, 34, 66]} />
            </div>
            <Neighbour />
          </div>
          <figcaption>{translate('previewAmazon')}</figcaption>
        </figure>
        <figure class="preview preview-google">
          <div class="preview-page">
            <div class="preview-card">
              <img src={small} alt={alt} />
              <p class="preview-title">{title}</p>
              <Blanks widths={[38, 54]} />
            </div>
            <Neighbour />
          </div>
          <figcaption>{translate('previewGoogle')}</figcaption>
        </figure>
        <figure class="preview preview-phone">
          <div class="preview-page">
            <img src={localUrl(current.url, self)} alt={slotName(current.slot)} />
            <span class="preview-dots" aria-hidden="true">
              {pictures.map(({ slot }) => (
                <span
                  key={slot}
                  class={slot === current.slot ? 'preview-dot preview-dot-on' : 'preview-dot'}
                />
              ))}
            </span>
            <p class="preview-title">{title}</p>
            <Blanks widths={[34, 88, 76]} />
          </div>
          <figcaption>{translate('previewPhone')}</figcaption>
        </figure>
      </section>
      <p class="preview-hint small soft">
        {found !== current && `${translate('previewMain')} `}
        {translate('previewHint')}
      </p>
      <div class="stage-tools">
        <button type="button" aria-keyshortcuts="p" onClick={onClose}>
          {translate('asInShopsClose')}
        </button>
      </div>
    </div>
  );
}

/** Lines of a listing of which nothing is known; `widths` in percent. */
function Blanks({ widths }: { widths: readonly number[] }) {
  return (
    <span aria-hidden="true">
      {widths.map((percent) => (
        <span key={percent} class="preview-blank" style={{ width: `${percent}%` }} />
      ))}
    </span>
  );
}

/** Another listing beside it, which ends where the frame does. */
function Neighbour() {
  return (
    <div class="preview-card" aria-hidden="true">
      <span class="preview-other" />
      <Blanks widths={[92, 70, 48]} />
    </div>
  );
}
