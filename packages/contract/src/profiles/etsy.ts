import type { Profile } from '../profile.ts';
import { LOOKED_UP, MEGABYTE, OWN_CHOICE, RGB_ADVICE, SRGB, WHITE } from './shared.ts';

const GUIDE = {
  source: 'Etsy listing photo checklist, hauld.app/blog/etsy-listing-photo-checklist',
  date: LOOKED_UP,
};

export const ETSY: Profile = {
  id: 'etsy',
  title: 'Etsy listing photo',
  width: 2000,
  height: 2000,
  format: 'jpeg',
  quality: 90,
  maxBytes: 10 * MEGABYTE,
  background: WHITE,
  fill: { min: 0.8, target: 0.85, max: 0.95 },
  colourSpace: 'srgb',
  maxImages: 10,
  accepts: { formats: ['jpeg', 'png'], minSide: 1, maxSide: 10_000, maxPixels: 100_000_000 },
  notes: [
    "Since 2026-07-09 the Seller Policy asks for the seller's own photographs or video of the item: no stock photos, artistic renderings or AI pictures in their place.",
    'A photo may be improved; a picture that shows another item than the one that is sent may not be listed.',
  ],
  sources: [
    {
      fields: [],
      rule: 'pictures show the item itself, not a rendering or stock photo',
      source: 'Listing Image Requirements, etsy.com/legal/policy/listing-image-requirements/253962679005',
      date: '2026-11-28',
    },
    {
      fields: [],
      rule: "in effect since 2026-07-09: the seller's own photographs or video, no stock photos or artistic renderings",
      source:
        'Seller Policy, as quoted at shieldmyshop.com/blog/2026-07-05-etsy-synthetic-media-rules-ai-product-photos-allowed',
      date: '2026-11-28',
    },
    {
      fields: ['format', 'accepts.formats', 'width', 'height', 'maxBytes', 'maxImages'],
      rule: 'accepts: JPEG, PNG (also GIF); 2000 pixels recommended; 10 MB; 10 photos',
      source: 'Etsy listing photo checklist, hauld.app/blog/etsy-listing-photo-checklist',
      date: LOOKED_UP,
    },
    {
      fields: ['accepts.minSide', 'accepts.maxSide', 'accepts.maxPixels', 'quality', 'background', 'fill'],
      rule: 'accepts: any side up to 10,000 pixels, 100 megapixels; quality 90; white background and fill',
      source: OWN_CHOICE,
      date: LOOKED_UP,
    },
    SRGB,
  ],
  demands: [
    { rule: 'format', formats: ['jpeg', 'png', 'gif'], ...GUIDE },
    { rule: 'still', ...GUIDE },
    { rule: 'bytes', most: 10 * MEGABYTE, ...GUIDE },
    { rule: 'shorterSide', level: 'advised', least: 2000, ...GUIDE },
    {
      rule: 'placeholder',
      source: 'Listing Image Requirements, etsy.com/legal/policy/listing-image-requirements/253962679005',
      date: '2026-11-28',
    },
    RGB_ADVICE,
  ],
};
