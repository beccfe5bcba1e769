import { useRef, useState } from 'preact/hooks';
import { translate } from '../text/translate.ts';
import { Pane, transformOf } from './pane.tsx';
import type { ScreenView } from './screen-view.ts';
import { useZoom, type ZoomControl } from './use-zoom.ts';
import { isWhole } from './zoom.ts';
import './stage.css';

/** What a picture is compared with: the supplier's photo, another photo, an earlier picture of the slot. */
export interface Reference {
  name: string;
  url: string | null;
}

/** Picture and reference on the same scale: side by side, or one over the other with a slider between. Both show the same part. */
export function Stage(props: {
  picture: { name: string; url: string; width: number; height: number };
  reference: Reference;
  view: ScreenView;
  onView: () => void;
  /** Shows the picture as shops do instead. */
  onPreview: () => void;
  /** Hands the keys what they need. */
  control: { current: Pick<ZoomControl, 'toggle' | 'step'> | null };
}) {
  const { picture, reference, view, onView, onPreview, control } = props;
  const pane = useRef<HTMLDivElement>(null);
  const isSlider = view === 'slider' && reference.url !== null;
  const layout = isSlider ? 'slider' : 'sides';
  const { zoom, handlers, toggle, step } = useZoom(pane, { subject: picture.url, layout }, picture);
  control.current = { toggle, step };
  const [percent, setPercent] = useState(50);
  const alt = `${picture.name}: ${translate('after')}`;
  return (
    <div class="stage">
      <div class={zoom.scale > 1 ? 'stage-panes stage-panes-close' : 'stage-panes'} {...handlers}>
        {isSlider ? (
          <div class="stage-over" style={{ '--cut': `${percent}%` }}>
            <Pane url={picture.url} name={translate('after')} alt={alt} zoom={zoom} paneRef={pane} />
            <div class="stage-under">
              <img
                key={reference.url}
                src={reference.url ?? ''}
                alt={`${picture.name}: ${reference.name}`}
                decoding="sync"
                draggable={false}
                referrerpolicy="no-referrer"
                style={transformOf(zoom)}
              />
            </div>
            <span class="stage-line" aria-hidden="true" />
            <span class="stage-name" aria-hidden="true">
              {reference.name}
            </span>
          </div>
        ) : (
          <>
            <Pane url={picture.url} name={translate('after')} alt={alt} zoom={zoom} paneRef={pane} />
            <Pane
              url={reference.url}
              name={reference.name}
              alt={`${picture.name}: ${reference.name}`}
              zoom={zoom}
            />
          </>
        )}
      </div>
      <div class="stage-tools">
        {isSlider && (
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
        )}
        <button type="button" aria-pressed={view === 'slider'} aria-keyshortcuts="v" onClick={onView}>
          {translate('viewSlider')}
        </button>
        <button type="button" aria-pressed={!isWhole(zoom)} aria-keyshortcuts="l" onClick={() => toggle()}>
          100 %
        </button>
        <button type="button" aria-keyshortcuts="p" onClick={onPreview}>
          {translate('asInShops')}
        </button>
      </div>
    </div>
  );
}
