import type { Ref } from 'preact';
import { useState } from 'preact/hooks';
import { translate } from '../text/translate.ts';
import type { Zoom } from './zoom.ts';

/**
 * One picture, whole and undistorted, or the part of it that `zoom` shows. Another picture is another element: until it is there nothing is seen,
 * rather than the one before.
 */
export function Pane(props: {
  url: string | null;
  name: string;
  alt: string;
  zoom: Zoom;
  paneRef?: Ref<HTMLDivElement>;
}) {
  const { url, name, alt, zoom, paneRef } = props;
  const [broken, setBroken] = useState<string | null>(null);
  return (
    <figure class="pane-frame">
      <div class="pane" {...(paneRef && { ref: paneRef })}>
        {url === null || broken === url ? (
          <span class="picture-none">{translate('noPicture')}</span>
        ) : (
          <img
            key={url}
            src={url}
            alt={alt}
            decoding="sync"
            draggable={false}
            referrerpolicy="no-referrer"
            style={transformOf(zoom)}
            onError={() => setBroken(url)}
          />
        )}
      </div>
      <figcaption>{name}</figcaption>
    </figure>
  );
}

/** As the style of a picture that fills its pane. */
export function transformOf({ scale, x, y }: Zoom): { transform: string } {
  return { transform: `translate(${x * 100}%, ${y * 100}%) scale(${scale})` };
}
