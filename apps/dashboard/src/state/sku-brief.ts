import type { BriefSkuView, Check, Failure, ImageView, SkuState, Stage } from '@image-studio/contract';

/** A picture as the gallery shows it. */
export interface PictureBrief {
  slot: string;
  /** Another one whenever another picture has taken the slot; a server of an earlier version tells none. */
  version?: string | undefined;
  kind: ImageView['kind'];
  role: ImageView['role'];
  url: string;
  /** A small copy for the gallery; pictures of earlier versions have none. */
  thumbUrl?: string | undefined;
  sourceUrl: string;
  sourcePreviewUrl?: string | undefined;
  width: number;
  height: number;
  bytes: number;
  format: string;
  /** Checks that did not pass. */
  failing: Check[];
  decision: 'approved' | 'rejected' | null;
}

/** What the gallery keeps of a SKU: 10,000 of them are held, so timelines, prompts and passed checks are left out. */
export interface SkuBrief {
  sku: string;
  index: number;
  state: SkuState;
  stage: Stage | null;
  failure?: Failure | undefined;
  /** Checks of the SKU itself that did not pass: it waits for a person before anything is paid for. */
  failing?: Check[] | undefined;
  /** Its main photo while it has no picture. */
  photoUrl?: string | undefined;
  images: PictureBrief[];
}

/** The brief of a SKU, whether the server sent it whole or in brief. */
export function briefOf(view: BriefSkuView): SkuBrief {
  const { sku, index, state, stage, failure, images, checks, sourcePreviewUrl } = view;
  return {
    ...{ sku, index, state, stage, failure },
    ...(checks && { failing: checks.filter(({ pass }) => !pass) }),
    ...(sourcePreviewUrl !== undefined && { photoUrl: sourcePreviewUrl }),
    images: images.map(pictureBrief),
  };
}

function pictureBrief(image: BriefSkuView['images'][number]): PictureBrief {
  const {
    slot,
    version,
    kind,
    role,
    url,
    thumbUrl,
    sourceUrl,
    sourcePreviewUrl,
    width,
    height,
    bytes,
    format,
  } = image;
  return {
    ...{
      slot,
      version,
      kind,
      role,
      url,
      thumbUrl,
      sourceUrl,
      sourcePreviewUrl,
      width,
      height,
      bytes,
      format,
    },
    failing: image.checks.filter(({ pass }) => !pass),
    decision: image.review?.decision ?? null,
  };
}
