import type { OwnProfile, Profile } from './profile.ts';
import { ALLEGRO } from './profiles/allegro.ts';
import { AMAZON } from './profiles/amazon.ts';
import { EBAY } from './profiles/ebay.ts';
import { ETSY } from './profiles/etsy.ts';
import { GOOGLE_MERCHANT } from './profiles/google-merchant.ts';
import { CHECKED } from './profiles/shared.ts';
import { SHOPIFY } from './profiles/shopify.ts';
import { TAOBAO } from './profiles/taobao.ts';
import { TEMU } from './profiles/temu.ts';
import { TIKTOK_SHOP } from './profiles/tiktok-shop.ts';
import { WALMART } from './profiles/walmart.ts';
import { WEB } from './profiles/web.ts';
import { ZALANDO } from './profiles/zalando.ts';

/**
 * What each marketplace accepts as a main image. Where a rule could not be confirmed on the marketplace's own page,
 * its source says so, and the value is the careful one.
 */
export const PROFILES: readonly Profile[] = [
  WEB,
  AMAZON,
  SHOPIFY,
  GOOGLE_MERCHANT,
  EBAY,
  ETSY,
  WALMART,
  TIKTOK_SHOP,
  TEMU,
  ALLEGRO,
  TAOBAO,
  ZALANDO,
];

/** The profile of that name, or the one that a request brings along; `undefined` for a name that is not known. */
export function findProfile(profile: string | OwnProfile): Profile | undefined {
  if (typeof profile === 'string') return PROFILES.find(({ id }) => id === profile);
  const [web] = PROFILES;
  if (!web) return undefined;
  const {
    title = 'Own profile',
    quality = web.quality,
    maxBytes = web.maxBytes,
    fill = web.fill,
    ...own
  } = profile;
  const source = { fields: Object.keys(profile), rule: 'all', source: 'the request', date: CHECKED };
  return {
    ...web,
    ...own,
    id: 'own',
    title,
    quality,
    maxBytes,
    fill,
    maxImages: own.maxImages ?? web.maxImages,
    sources: [source],
  };
}
