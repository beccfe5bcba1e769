import type { Profile } from '../profile.ts';
import { LOOKED_UP, MEGABYTE, SRGB, WHITE } from './shared.ts';

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
    'Photos have to show the item itself, not a rendering: use AI pictures beside photos of your own, not as the first.',
  ],
  sources: [
    {
      fields: [],
      rule: 'the first picture shows the item itself, not a rendering',
      source: 'Listing Image Requirements, etsy.com/legal/policy/listing-image-requirements/253962679005',
      date: LOOKED_UP,
    },
    {
      fields: ['format', 'accepts.formats', 'width', 'height', 'maxBytes', 'maxImages'],
      rule: 'accepts: JPEG, PNG (and GIF, which we do not make); 2000 pixels recommended; 10 MB; 10 photos (older guides say 20)',
      source:
        "seller guides, e.g. hauld.app/blog/etsy-listing-photo-checklist; Etsy's own page was not to be had",
      date: LOOKED_UP,
    },
    {
      fields: ['accepts.minSide', 'accepts.maxSide', 'accepts.maxPixels', 'quality', 'background', 'fill'],
      rule: 'accepts: any side up to 10,000 pixels, 100 megapixels; quality 90; white ground and fill',
      source: 'own choice',
      date: LOOKED_UP,
    },
    SRGB,
  ],
};
