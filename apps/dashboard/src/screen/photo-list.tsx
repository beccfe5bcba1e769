import type { SkuView } from '@image-studio/contract';
import { localUrl } from '../sku/local-url.ts';
import { translate } from '../text/translate.ts';
import { ReplacePhoto } from './replace-photo.tsx';
import type { Reference } from './stage.tsx';

/** All photos of the supplier: each to be looked at, and to be made the main one. */
export function PhotoList(props: {
  sku: SkuView;
  self: string | undefined;
  canChoose: boolean;
  canReplace: boolean;
  onCompare: (reference: Reference) => void;
  /** Has the main picture made from this address. */
  onChoose: (url: string) => void;
  onReplace: (url: string, by: string | File) => Promise<void>;
  /** Whether an address has been typed that nobody has sent. */
  onTyped: (isTyped: boolean) => void;
}) {
  const { sku, self, canChoose, canReplace, onCompare, onChoose, onReplace, onTyped } = props;
  const sources = sku.sources ?? [];
  if (sources.length === 0) return null;
  return (
    <section class="panel-part">
      <h2>{translate('photos', { n: sources.length })}</h2>
      <ul class="photos">
        {sources.map(({ url, name, isMain }) => {
          const preview = previewOf(sku, url, self);
          return (
            <li key={url}>
              {preview === null ? (
                <span class="photos-none small soft">{translate('noPicture')}</span>
              ) : (
                <button
                  type="button"
                  class="earlier-look"
                  aria-label={`${translate('compareWith')}: ${name}`}
                  onClick={() => onCompare({ name, url: preview })}
                >
                  <img src={preview} alt="" loading="lazy" />
                </button>
              )}
              <span class="small photos-name">
                {name} {isMain && <strong>{translate('mainPhoto')}</strong>}
                <br />
                {/^https?:/i.test(url) ? (
                  <a href={url} target="_blank" rel="noreferrer">
                    {url}
                  </a>
                ) : (
                  <span class="soft">{url}</span>
                )}
              </span>
              {!isMain && canChoose && (
                <button type="button" onClick={() => onChoose(url)}>
                  {translate('useAsMain')}
                </button>
              )}
              {canReplace && (
                <ReplacePhoto
                  isOpen={isMain && (sku.failure?.code.startsWith('SOURCE_') ?? false)}
                  url={url}
                  onReplace={(by) => onReplace(url, by)}
                  onTyped={onTyped}
                />
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Our own copy of a photo, or its address if that lies on this origin: no supplier learns who looks. */
function previewOf(
  { images, sources, sourcePreviewUrl }: SkuView,
  url: string,
  self: string | undefined,
): string | null {
  const copies = images.flatMap((image) => [
    ...(image.inputs ?? []).flatMap((input) => (input.url === url ? (input.previewUrl ?? []) : [])),
    ...(image.sourceUrl === url ? (image.sourcePreviewUrl ?? []) : []),
  ]);
  const isMain = sources?.some((source) => source.url === url && source.isMain);
  const [copy] = [...copies, ...(isMain && sourcePreviewUrl !== undefined ? [sourcePreviewUrl] : [])];
  if (copy !== undefined) return localUrl(copy, self);
  const local = localUrl(url, self);
  return URL.canParse(local, location.origin) && new URL(local, location.origin).origin === location.origin
    ? local
    : null;
}
